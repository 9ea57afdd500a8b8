import type { NodeView } from '@levee/control-plane/contract'
import { useEffect, useRef } from 'react'
import type { DrainOptions, NodeVerb } from '../../api/client.ts'
import { useTranslate } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/elements/Button.tsx'
import { Dialog, DialogActions } from '../../ui/elements/Dialog.tsx'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'
import type { FleetState } from '../fleet/fleet-state.ts'
import type { FleetStore } from '../fleet/fleet-store.ts'
import { Consequences } from '../ui/explanations/Consequences.tsx'
import { commandMessages, nodeLoad } from './command-messages.ts'
import { DrainDoesNotFit } from './DrainDoesNotFit.tsx'
import { text } from './messages.ts'
import styles from './drain.module.css'

/** `node` as it was when the button was pressed, so that the question does not change under the pointer. */
export type CommandQuestion = { node: NodeView; verb: NodeVerb }
type Props = { fleet: FleetStore; state: FleetState; question: CommandQuestion; onClose: () => void }

/** Shows what a command will do, and stays open until it is done, to show a refusal. */
export function NodeCommandDialog({ fleet, state, question: { node, verb }, onClose }: Props) {
  const t = useTranslate()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const messages = commandMessages(verb, node.state)
  const current = state.nodes?.find((one) => one.node === node.node) ?? node
  const pending = state.pendingCommands.has(node.node)
  const { failedCommand: failed } = state
  const refusal = failed?.node === node.node && failed.verb === verb ? failed.refusal : undefined
  const close = () => dialog.current?.close()
  const run = async (options?: DrainOptions) => {
    if (!pending && (await fleet.command(node.node, verb, options))) close()
  }
  return (
    <Dialog ref={dialog} title={t(messages.question(node.node))} onClose={onClose}>
      {refusal?.code === 'drain_does_not_fit' ? (
        <DrainDoesNotFit
          refusal={refusal}
          node={node.node}
          pending={pending}
          onForce={() => void run({ force: true })}
          onCancel={close}
        />
      ) : (
        <>
          {verb === 'drain' && <p className={styles.load}>{t(nodeLoad(current))}</p>}
          <Consequences of={messages.consequences} />
          {refusal && <ProblemNotice problem={refusal} onRetry={pending ? undefined : () => void run()} />}
          <DialogActions>
            <Button look="primary" aria-disabled={pending} onClick={() => void run()}>
              {t(pending ? messages.pending : messages.confirm)}
            </Button>
            <Button look="quiet" onClick={close}>
              {t(pending ? text.close : messages.dismiss)}
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  )
}
