import type { NodeView } from '@levee/control-plane/contract'
import { useRef, useState } from 'react'
import type { NodeVerb } from '../control-plane.ts'
import type { Fleet, FleetPageView } from './fleet.ts'
import { Headroom } from './Headroom.tsx'
import { age, HAS_HEADROOM, percent, STATUS_WORDS, VERB_WORDS, verbsFor } from './words.ts'

type Props = {
  fleet: Fleet
  view: FleetPageView
  nodes: readonly NodeView[]
  /** Nodes of several sites: each says where it is. */
  withSite?: boolean
}
type Asked = { node: string; verb: NodeVerb }

/**
 * A table on a desktop, cards on a phone: the same markup, laid out by the style sheet. Not <table>: browsers
 * take its meaning away when its rows are laid out as cards, while a role stays.
 */
export function NodeList({ fleet, view, nodes, withSite = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [asked, setAsked] = useState<Asked>()
  const ask = (next: Asked) => {
    setAsked(next)
    dialog.current?.showModal()
  }
  return (
    <section aria-labelledby="nodes-title">
      <h2 id="nodes-title" className="section-title">
        Nodes
      </h2>
      <div className="card wide-table node-table">
        <div role="table" aria-labelledby="nodes-title">
          <div className="table-heads" role="rowgroup">
            <div role="row">
              {['Node', 'Status', 'Headroom', 'Meetings', 'CPU', 'Last report', 'Actions'].map((head) => (
                <div key={head} role="columnheader">
                  {head}
                </div>
              ))}
            </div>
          </div>
          <div className="table-rows" role="rowgroup">
            {nodes.map((node) => (
              <NodeRow
                key={node.node}
                node={node}
                withSite={withSite}
                doing={view.busy.get(node.node)}
                onAsk={ask}
              />
            ))}
          </div>
        </div>
      </div>
      <dialog ref={dialog} className="dialog" aria-labelledby="confirm-title">
        {asked && (
          <>
            <h2 id="confirm-title">
              {VERB_WORDS[asked.verb].label} {asked.node}?
            </h2>
            <p className="hint">{VERB_WORDS[asked.verb].ask}</p>
            <div className="dialog-actions">
              <button
                type="button"
                className={asked.verb === 'drain' ? 'button danger' : 'button primary'}
                onClick={() => {
                  dialog.current?.close()
                  void fleet.command(asked.node, asked.verb)
                }}
              >
                {VERB_WORDS[asked.verb].yes}
              </button>
              <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
                Cancel
              </button>
            </div>
          </>
        )}
      </dialog>
    </section>
  )
}

type RowProps = {
  node: NodeView
  withSite: boolean
  doing: NodeVerb | undefined
  onAsk: (asked: Asked) => void
}

function NodeRow({ node, withSite, doing, onAsk }: RowProps) {
  const status = STATUS_WORDS[node.status]
  return (
    <div role="row" data-node={node.node} data-status={node.status}>
      <div role="rowheader">
        {node.node}
        {withSite && <span className="cell-note">{node.site}</span>}
        {/* A node that names no zone is one of its own. */}
        {node.zone && node.zone !== node.node && <span className="cell-note">zone {node.zone}</span>}
      </div>
      <div role="cell" data-label="Status">
        <span className="status" data-tone={status.tone}>
          {status.label}
        </span>
        <span className="cell-note">{status.means}</span>
      </div>
      <div role="cell" data-label="Headroom">
        {HAS_HEADROOM.has(node.status) ? (
          <Headroom
            label={`Headroom of ${node.node}`}
            used={node.utilisation}
            reserved={node.reserved}
            headroom={node.headroom}
          />
        ) : (
          <span className="cell-note">Not known while {status.label.toLowerCase()}</span>
        )}
      </div>
      <div role="cell" data-label="Meetings">
        {node.rooms}
        <span className="cell-note">
          {node.participants} {node.participants === 1 ? 'person' : 'people'}
        </span>
      </div>
      <div role="cell" data-label="CPU">
        {node.cpuBusy === null ? '–' : percent(node.cpuBusy)}
        {node.cpuSteal !== null && node.cpuSteal > 0.02 && (
          <span className="cell-note">{percent(node.cpuSteal)} stolen</span>
        )}
      </div>
      <div role="cell" data-label="Last report">
        {age(node.lastReportAgeMs)}
        <span className="cell-note">agent {node.agentVersion}</span>
      </div>
      <div role="cell" data-label="Actions">
        <div className="node-actions">
          {doing ? (
            <span role="status">{VERB_WORDS[doing].doing}</span>
          ) : (
            verbsFor(node).map((verb) => (
              <button
                key={verb}
                type="button"
                className="button small"
                onClick={() => onAsk({ node: node.node, verb })}
              >
                {VERB_WORDS[verb].label}
                <span className="visually-hidden"> {node.node}</span>
              </button>
            ))
          )}
          {node.state === 'draining' && !doing && (
            <span className="drain-progress" role="status">
              {node.rooms === 0 ? 'Empty: safe to stop' : `${node.rooms} meetings left`}
            </span>
          )}
        </div>
      </div>
    </div>
  )
}
