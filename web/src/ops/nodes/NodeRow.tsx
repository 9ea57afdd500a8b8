import type { NodeView } from '@levee/control-plane/contract'
import type { NodeVerb } from '../../api/client.ts'
import { formatNumber, formatPercent } from '../../i18n/format.ts'
import { useTranslate } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/elements/Button.tsx'
import { formatAge } from '../fleet/format-time.ts'
import { SHOWN_CPU_STEAL } from '../tuning.ts'
import { Cell, CellNote } from '../ui/CardTable.tsx'
import { Headroom } from '../ui/Headroom.tsx'
import { Status } from '../ui/Status.tsx'
import { commandMessages } from './command-messages.ts'
import { drainProgress } from './drain-progress.ts'
import { DrainProgress } from './DrainProgress.tsx'
import { text } from './messages.ts'
import { heldMessages, RESTARTING, statusMessages } from './node-status-messages.ts'
import { verbsFor, WITH_HEADROOM } from './node-status.ts'
import type { RestartTurn } from './restart-turn.ts'
import styles from './nodes.module.css'

type Props = {
  node: NodeView
  withSite: boolean
  /** During its turn a node has no commands here: they are with the restart of its site. */
  turn: RestartTurn
  /** A command without a response yet. */
  pending: NodeVerb | undefined
  onCommand: (verb: NodeVerb) => void
}

export function NodeRow({ node, withSite, turn, pending, onCommand }: Props) {
  const t = useTranslate()
  const progress = drainProgress(node)
  const restarting = turn === 'restarting' || (turn === 'draining' && progress?.phase === 'empty')
  const drain = restarting || turn === 'held' ? undefined : progress
  const ofTurn = restarting ? RESTARTING : turn === 'held' ? heldMessages(node.status) : undefined
  const status = ofTurn ?? statusMessages(node, drain?.phase)
  return (
    <div role="row" data-node={node.node} data-status={node.status}>
      <div role="rowheader">
        {node.node}
        {withSite && <CellNote>{node.site}</CellNote>}
        {/* A node without a zone reports its own name. */}
        {node.zone && node.zone !== node.node && <CellNote>{t(text.zone(node.zone))}</CellNote>}
      </div>
      {/* A node that is being drained has no headroom: its progress takes both columns. */}
      <Cell column={t(text.status)} wide double={drain !== undefined}>
        <Status tone={status.tone}>{t(status.label)}</Status>
        {status.explanation && <CellNote>{t(status.explanation)}</CellNote>}
        {drain && <DrainProgress progress={drain} />}
      </Cell>
      {!drain && (
        <Cell column={t(text.headroom)} wide>
          {WITH_HEADROOM.has(node.status) && !ofTurn ? (
            <Headroom
              name={node.node}
              used={node.utilisation}
              reserved={node.reserved}
              headroom={node.headroom}
            />
          ) : (
            <CellNote>{t(text.unknown)}</CellNote>
          )}
        </Cell>
      )}
      <Cell column={t(text.meetings)}>
        {formatNumber(node.rooms)}
        <CellNote>{t(text.people(node.participants))}</CellNote>
      </Cell>
      <Cell column={t(text.cpu)}>
        {node.cpuBusy === null ? '–' : formatPercent(node.cpuBusy)}
        {node.cpuSteal !== null && node.cpuSteal > SHOWN_CPU_STEAL && (
          <CellNote>{t(text.cpuSteal(node.cpuSteal))}</CellNote>
        )}
      </Cell>
      <Cell column={t(text.lastReport)}>
        {node.lastReportAgeMs === null ? t(text.never) : formatAge(node.lastReportAgeMs)}
        <CellNote>{t(text.agent(node.agentVersion))}</CellNote>
      </Cell>
      <Cell column={t(text.actions)} wide>
        <div className={styles.actions} tabIndex={-1} data-actions>
          {pending ? (
            <span role="status">{t(commandMessages(pending, node.state).pending)}</span>
          ) : (
            (turn ? [] : verbsFor(node)).map((verb) => {
              const { label, labelFor } = commandMessages(verb, node.state)
              return (
                <Button
                  key={verb}
                  size="small"
                  aria-label={t(labelFor(node.node))}
                  data-verb={verb}
                  onClick={() => onCommand(verb)}
                >
                  {t(label)}
                </Button>
              )
            })
          )}
        </div>
      </Cell>
    </div>
  )
}
