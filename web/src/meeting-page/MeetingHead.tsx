import { memo } from 'react'
import { CheckIcon, LeaveIcon, LinkIcon, ShieldIcon } from '../ui/icons.tsx'
import mark from '../ui/mark.svg'
import { useCopy } from '../ui/use-copy.ts'

type Props = { title: string; role: 'host' | 'guest'; count: number; onLeave: () => void }

export const MeetingHead = memo(function MeetingHead({ title, role, count, onLeave }: Props) {
  const { copied, copy } = useCopy()
  return (
    <header className="meeting-head">
      <img className="meeting-mark" src={mark} alt="" />
      <p className="meeting-title">{title}</p>
      {role === 'host' && (
        <span className="chip host">
          <ShieldIcon />
          Host
        </span>
      )}
      <span className="meeting-count">{count === 1 ? '1 person' : `${count} people`}</span>
      <button
        type="button"
        className="head-button"
        onClick={() => void copy(location.origin + location.pathname)}
      >
        {copied ? <CheckIcon /> : <LinkIcon />}
        {copied ? 'Link copied' : 'Invite'}
      </button>
      <button type="button" className="head-button leave phone-only" onClick={onLeave}>
        <LeaveIcon />
        Leave
      </button>
      <span className="visually-hidden" role="status">
        {copied ? 'The join link was copied.' : ''}
      </span>
    </header>
  )
})
