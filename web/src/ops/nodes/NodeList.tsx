import type { NodeView } from '@levee/control-plane/contract'
import { useRef, useState } from 'react'
import type { NodeVerb } from '../../api/client.ts'
import { RefusalNotice } from '../../ui/ProblemNotice.tsx'
import { CommandDialog, type Asked } from './NodeCommandDialog.tsx'
import { drainNews, drainProgress } from './drain-messages.ts'
import { DrainProgress } from './DrainProgress.tsx'
import type { Fleet, FleetPageView } from '../fleet/fleet-store.ts'
import { Headroom } from '../fleet/Headroom.tsx'
import { turnOf, type Turn } from '../sites/restart-messages.ts'
import { WideTable } from '../fleet/WideTable.tsx'
import {
  age,
  count,
  HAS_HEADROOM,
  heldWords,
  percent,
  RESTARTING,
  statusWords,
  VERB_WORDS,
  verbsFor,
  verbWords,
} from './node-status-messages.ts'

type Props = {
  fleet: Fleet
  view: FleetPageView
  nodes: readonly NodeView[]
  /** Nodes of several sites: each says where it is. */
  withSite?: boolean
}
const HEADS = ['Node', 'Status', 'Headroom', 'Meetings', 'CPU', 'Last report', 'Actions']

/** Nodes, what can be done with each, and how that goes on. */
export function NodeList({ fleet, view, nodes, withSite = false }: Props) {
  const section = useRef<HTMLElement>(null)
  const restarts = new Map(view.sites?.map(({ site, restart }) => [site, restart]))
  const turn = (node: NodeView) => turnOf(node, restarts.get(node.site))
  const [asked, setAsked] = useState<Asked>()
  const ask = (next: Asked) => {
    fleet.forgetFault()
    setAsked(next)
  }
  const close = ({ node: { node }, verb }: Asked) => {
    setAsked(undefined)
    if (view.commandFault?.node === node) fleet.forgetFault()
    // The button that was pressed has gone while the command ran: back to its like, or to what stands there now.
    const actions = section.current?.querySelector<HTMLElement>(`[data-node='${node}'] .node-actions`)
    const pick = (what: string) => actions?.querySelector<HTMLElement>(what)
    const next = pick(`[data-verb='${verb}']`) ?? pick('button') ?? actions
    next?.focus()
  }
  return (
    <section ref={section} aria-labelledby="nodes-title">
      <h2 id="nodes-title" className="section-title">
        Nodes
      </h2>
      {!asked && <CommandFault fleet={fleet} view={view} />}
      <WideTable kind="node-table" labelledBy="nodes-title" heads={HEADS}>
        {nodes.map((node) => (
          <NodeRow
            key={node.node}
            node={node}
            withSite={withSite}
            turn={turn(node)}
            doing={view.busy.get(node.node)}
            onAsk={(verb) => ask({ node, verb })}
          />
        ))}
      </WideTable>
      {/* Whose turn it is in a restart is told with the restart. */}
      <DrainNews nodes={nodes.filter((node) => !turn(node))} />
      {asked && <CommandDialog fleet={fleet} view={view} asked={asked} onClose={() => close(asked)} />}
    </section>
  )
}

/** Of a command whose dialog was closed before it was done. */
function CommandFault({ fleet, view: { commandFault } }: Pick<Props, 'fleet' | 'view'>) {
  return (
    commandFault && (
      <div className="ops-fault">
        <p>
          {VERB_WORDS[commandFault.verb].label} of <b>{commandFault.node}</b> was refused.
        </p>
        <RefusalNotice
          refusal={commandFault.refusal}
          onRetry={() => void fleet.command(commandFault.node, commandFault.verb)}
        />
      </div>
    )
  )
}

/** A line a node, so that only what is new is read out. */
function DrainNews({ nodes }: { nodes: readonly NodeView[] }) {
  return (
    <div className="visually-hidden" role="status" aria-atomic="false">
      {nodes.map((node) => {
        const news = drainNews(node)
        return news && <p key={node.node}>{news}</p>
      })}
    </div>
  )
}

type RowProps = {
  node: NodeView
  withSite: boolean
  /** In the restart of its site; then it is commanded there. */
  turn: Turn
  doing: NodeVerb | undefined
  onAsk: (verb: NodeVerb) => void
}

function NodeRow({ node, withSite, turn, doing, onAsk }: RowProps) {
  const emptied = drainProgress(node)
  const restarts = turn === 'restarting' || (turn === 'draining' && emptied?.phase === 'empty')
  const drain = restarts || turn === 'held' ? undefined : emptied
  const ofTurn = restarts ? RESTARTING : turn === 'held' ? heldWords(node.status) : undefined
  const status = ofTurn ?? statusWords(node, drain?.phase)
  return (
    <div role="row" data-node={node.node} data-status={node.status}>
      <div role="rowheader">
        {node.node}
        {withSite && <span className="cell-note">{node.site}</span>}
        {/* A node that names no zone is one of its own. */}
        {node.zone && node.zone !== node.node && <span className="cell-note">zone {node.zone}</span>}
      </div>
      {/* Room that is given to nobody is no headroom: its place is the progress's. */}
      <div role="cell" data-label="Status" aria-colspan={drain && 2}>
        <span className="status" data-tone={status.tone}>
          {status.label}
        </span>
        {status.means !== undefined && <span className="cell-note">{status.means}</span>}
        {drain && <DrainProgress progress={drain} />}
      </div>
      {!drain && (
        <div role="cell" data-label="Headroom">
          {HAS_HEADROOM.has(node.status) && !ofTurn ? (
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
      )}
      <div role="cell" data-label="Meetings">
        {node.rooms}
        <span className="cell-note">{count(node.participants, 'person', 'people')}</span>
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
        <div className="node-actions" tabIndex={-1}>
          {doing ? (
            <span role="status">{verbWords(doing, node).doing}</span>
          ) : (
            (turn ? [] : verbsFor(node)).map((verb) => (
              <button
                key={verb}
                type="button"
                className="button small"
                data-verb={verb}
                onClick={() => onAsk(verb)}
              >
                {verbWords(verb, node).label}
                <span className="visually-hidden"> {node.node}</span>
              </button>
            ))
          )}
        </div>
      </div>
    </div>
  )
}
