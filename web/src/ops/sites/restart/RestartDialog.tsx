import { useEffect, useRef } from 'react'
import { useTranslate } from '../../../i18n/use-translate.ts'
import type { ShownProblem } from '../../../api/shown-problem.ts'
import { ProblemNotice } from '../../../ui/ProblemNotice.tsx'
import { Consequences } from '../../ui/Consequences.tsx'
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

/** Says what a restart will do before it does it. */
export function RestartDialog({ site, nodes, pending, refusal, onRun, onClose }: Props) {
  const t = useTranslate()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()
  const run = async () => {
    if (await onRun()) close()
  }
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="restart-title" onClose={onClose}>
      <h2 id="restart-title">{t(text.question(site))}</h2>
      <Consequences of={restartConsequences(nodes)} />
      {refusal && <ProblemNotice problem={refusal} onRetry={pending ? undefined : () => void run()} />}
      <div className="dialog-actions">
        <button type="button" className="button primary" aria-disabled={pending} onClick={() => void run()}>
          {t(pending ? text.starting : text.confirm)}
        </button>
        <button type="button" className="button quiet" onClick={close}>
          {t(pending ? text.close : text.cancel)}
        </button>
      </div>
    </dialog>
  )
}
