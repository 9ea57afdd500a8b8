import { useState, type RefObject } from 'react'
import { endRoom } from '../api/client.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { Button } from '../ui/elements/Button.tsx'
import { Dialog, DialogActions } from '../ui/elements/Dialog.tsx'
import textStyles from '../ui/text.module.css'
import { ProblemNotice } from '../ui/ProblemNotice.tsx'
import { text } from './messages.ts'

type Props = {
  ref: RefObject<HTMLDialogElement | null>
  meeting: Meeting
  room: string
  hostKey: string | undefined
}

/** A host can leave or end the meeting for everyone. Guests leave without this dialog. */
export function LeaveDialog({ ref, meeting, room, hostKey }: Props) {
  const t = useTranslate()
  const [problem, setProblem] = useState<ShownProblem>()
  const [ending, setEnding] = useState(false)
  const end = async () => {
    if (hostKey === undefined) return
    setEnding(true)
    const answer = await endRoom(room, hostKey)
    setEnding(false)
    if (answer.ok || answer.refusal.code === 'room_not_found') meeting.leave('ended')
    else setProblem(answer.refusal)
  }
  return (
    <Dialog ref={ref} title={t(text.leaveTitle)}>
      <p className={textStyles.hint}>{t(text.leaveHint)}</p>
      {problem && <ProblemNotice problem={problem} onRetry={() => void end()} />}
      <DialogActions>
        <Button look="primary" onClick={() => meeting.leave()}>
          {t(text.leave)}
        </Button>
        <Button look="danger" disabled={ending} onClick={() => void end()}>
          {t(ending ? text.ending : text.endForEveryone)}
        </Button>
        <Button look="quiet" onClick={() => ref.current?.close()}>
          {t(text.stay)}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
