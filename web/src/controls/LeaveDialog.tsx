import { useState, type RefObject } from 'react'
import { endRoom } from '../api/client.ts'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { RefusalNotice } from '../ui/ProblemNotice.tsx'
import type { Meeting } from '../meeting/meeting.ts'

type Props = {
  ref: RefObject<HTMLDialogElement | null>
  meeting: Meeting
  room: string
  hostKey: string | undefined
}

/** A host either goes alone or ends it for all; a guest is never asked. */
export function LeaveDialog({ ref, meeting, room, hostKey }: Props) {
  const [refusal, setRefusal] = useState<ShownRefusal>()
  const [ending, setEnding] = useState(false)
  const end = async () => {
    if (hostKey === undefined) return
    setEnding(true)
    const answer = await endRoom(room, hostKey)
    setEnding(false)
    if (answer.ok || answer.refusal.code === 'room_not_found') meeting.leave('ended')
    else setRefusal(answer.refusal)
  }
  return (
    <dialog ref={ref} className="dialog" aria-labelledby="leave-title">
      <h2 id="leave-title">Leave the meeting?</h2>
      <p className="hint">
        The others can go on without you. If you end it, the link stops working for everybody.
      </p>
      {refusal && <RefusalNotice refusal={refusal} onRetry={() => void end()} />}
      <div className="dialog-actions">
        <button type="button" className="button primary" onClick={() => meeting.leave()}>
          Leave
        </button>
        <button type="button" className="button danger" disabled={ending} onClick={() => void end()}>
          {ending ? 'Ending …' : 'End for everybody'}
        </button>
        <button type="button" className="button quiet" onClick={() => ref.current?.close()}>
          Stay
        </button>
      </div>
    </dialog>
  )
}
