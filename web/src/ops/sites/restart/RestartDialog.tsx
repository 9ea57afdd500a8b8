import { useEffect, useRef } from 'react'
import type { ShownProblem } from '../../../api/shown-problem.ts'
import { useTranslate } from '../../../i18n/use-translate.ts'
import { Button } from '../../../ui/elements/Button.tsx'
import { Dialog, DialogActions } from '../../../ui/elements/Dialog.tsx'
import { ProblemNotice } from '../../../ui/ProblemNotice.tsx'
import { Consequences } from '../../ui/explanations/Consequences.tsx'
import { text } from './messages.ts'
import { restartConsequences } from './restart-messages.ts'

type Props = {
  site: string
  nodes: number
  pending: boolean
  refusal: ShownProblem | undefined
  /** Resolves with true when the restart has begun. */
  onRun: () => Promise<boolean>
  onClose: () => void
}

/** Shows what a restart will do before it begins. */
export function RestartDialog({ site, nodes, pending, refusal, onRun, onClose }: Props) {
  const t = useTranslate()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()
  const run = async () => {
    if (await onRun()) close()
  }
  return (
    <Dialog ref={dialog} title={t(text.question(site))} onClose={onClose}>
      <Consequences of={restartConsequences(nodes)} />
      {refusal && <ProblemNotice problem={refusal} onRetry={pending ? undefined : () => void run()} />}
      <DialogActions>
        <Button look="primary" aria-disabled={pending} onClick={() => void run()}>
          {t(pending ? text.starting : text.confirm)}
        </Button>
        <Button look="quiet" onClick={close}>
          {t(pending ? text.close : text.cancel)}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
