import type { CSSProperties } from 'react'
import type { DrainProgress as Progress } from './drain-messages.ts'

/** How far a node is emptied: a bar where it is known of how many, always with its words. */
export function DrainProgress({ progress: { phase, late, share, words, note } }: { progress: Progress }) {
  return (
    <div className="drain-progress" data-drain={phase} data-late={late}>
      {share !== undefined && phase !== 'silent' && (
        <div className="drain-bar" style={{ '--share': share } as CSSProperties} aria-hidden="true">
          <span />
        </div>
      )}
      <p>{words}</p>
      {note !== undefined && <p className="cell-note">{note}</p>}
    </div>
  )
}
