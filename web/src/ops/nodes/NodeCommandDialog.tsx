import type { NodeView } from '@levee/control-plane/contract'
import { useEffect, useRef, type CSSProperties } from 'react'
import type { DrainWish, NodeVerb, Refusal } from '../../api/client.ts'
import { RefusalNotice } from '../../ui/ProblemNotice.tsx'
import { onItWords, roomElsewhere } from './drain-messages.ts'
import type { Fleet, FleetPageView } from '../fleet/fleet-store.ts'
import { count, verbWords } from './node-status-messages.ts'

/** `node` as it was when it was asked for: what it says must not change under the pointer. */
export type Asked = { node: NodeView; verb: NodeVerb }
type Props = { fleet: Fleet; view: FleetPageView; asked: Asked; onClose: () => void }

/** Says what a command does before it is done, and stays until it is: a refusal is read where it was asked for. */
export function CommandDialog({ fleet, view, asked: { node: then, verb }, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const words = verbWords(verb, then)
  const now = view.nodes?.find(({ node }) => node === then.node) ?? then
  const busy = view.busy.has(then.node)
  const { commandFault: fault } = view
  const refusal = fault?.node === then.node && fault.verb === verb ? fault.refusal : undefined
  const close = () => dialog.current?.close()
  const run = async (wish?: DrainWish) => {
    if (!busy && (await fleet.command(then.node, verb, wish))) close()
  }
  return (
    <dialog ref={dialog} className="dialog command" aria-labelledby="command-title" onClose={onClose}>
      <h2 id="command-title">{words.title(then.node)}</h2>
      {refusal?.code === 'drain_does_not_fit' ? (
        <DoesNotFit
          refusal={refusal}
          node={then.node}
          busy={busy}
          onForce={() => void run({ force: true })}
          onCancel={close}
        />
      ) : (
        <>
          {verb === 'drain' && <p className="on-it">{onItWords(now)}</p>}
          {words.says.length === 1 ? (
            <p className="hint">{words.says[0]}</p>
          ) : (
            <ul className="hint what-happens">
              {words.says.map((says) => (
                <li key={says}>{says}</li>
              ))}
            </ul>
          )}
          {refusal && <RefusalNotice refusal={refusal} onRetry={busy ? undefined : () => void run()} />}
          <div className="dialog-actions">
            <button type="button" className="button primary" aria-disabled={busy} onClick={() => void run()}>
              {busy ? words.doing : words.yes}
            </button>
            <button type="button" className="button quiet" onClick={close}>
              {busy ? 'Close' : 'Cancel'}
            </button>
          </div>
        </>
      )}
    </dialog>
  )
}

type DoesNotFitProps = {
  refusal: Refusal
  node: string
  busy: boolean
  onForce: () => void
  onCancel: () => void
}

/** Nothing has happened yet: what is missing, and the choice. */
function DoesNotFit({ refusal, node, busy, onForce, onCancel }: DoesNotFitProps) {
  const cancel = useRef<HTMLButtonElement>(null)
  // A second Enter, meant for the question before, must not force.
  useEffect(() => cancel.current?.focus(), [])
  const room = roomElsewhere(refusal)
  return (
    <>
      <div className="notice warn" role="alert" data-refusal={refusal.code}>
        <strong>The other nodes have not enough room</strong>
        {room && (
          <dl className="fit">
            <Tracks label={`${node} carries`} tracks={room.needs} of={Math.max(room.needs, room.free)} />
            <Tracks label="Free elsewhere" tracks={room.free} of={Math.max(room.needs, room.free)} />
          </dl>
        )}
        <p>Nothing has been moved. Add a node, or wait until meetings end.</p>
      </div>
      <p className="hint">
        If you drain anyway, meetings move while there is room. The rest stay on {node} and go on until there
        is room elsewhere or they end. Stop the node only when it is empty.
      </p>
      <div className="dialog-actions">
        <button ref={cancel} type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" className="button danger" aria-disabled={busy} onClick={onForce}>
          {busy ? 'Starting to drain …' : 'Drain anyway'}
        </button>
      </div>
    </>
  )
}

function Tracks({ label, tracks, of }: { label: string; tracks: number; of: number }) {
  return (
    <div style={{ '--share': of > 0 ? tracks / of : 0 } as CSSProperties}>
      <dt>{label}</dt>
      <dd>{count(tracks, 'track')}</dd>
    </div>
  )
}
