import type { CSSProperties } from 'react'
import { percent } from '../nodes/node-status-messages.ts'

type Props = { used: number; reserved: number; headroom: number; label: string }

/** Used, promised and free as one bar, always with its numbers. */
export function Headroom({ used, reserved, headroom, label }: Props) {
  const tone = headroom < 0.1 ? 'bad' : headroom < 0.25 ? 'warn' : 'good'
  const style = {
    '--used': Math.min(1, Math.max(0, used)),
    '--reserved': Math.min(1 - Math.min(1, used), Math.max(0, reserved)),
  } as CSSProperties
  return (
    <div className="headroom" data-tone={tone}>
      <div className="headroom-bar" style={style} aria-hidden="true">
        <span className="used" />
        <span className="reserved" />
      </div>
      <p>
        <span className="visually-hidden">{label}: </span>
        <b>{percent(headroom)}</b> free
        <span className="headroom-more">
          {percent(used)} used
          {reserved > 0.005 ? `, ${percent(reserved)} promised` : ''}
        </span>
      </p>
    </div>
  )
}
