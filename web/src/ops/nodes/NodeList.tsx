import type { NodeView } from '@levee/control-plane/contract'
import { useRef, useState } from 'react'
import type { NodeVerb } from '../../api/client.ts'
import { useTranslate } from '../../i18n/use-translate.ts'
import { classNames } from '../../ui/class-names.ts'
import { ProblemNotice } from '../../ui/ProblemNotice.tsx'
import textStyles from '../../ui/text.module.css'
import type { FleetState } from '../fleet/fleet-state.ts'
import type { FleetStore } from '../fleet/fleet-store.ts'
import { CardTable } from '../ui/CardTable.tsx'
import sectionStyles from '../ui/section.module.css'
import { Terms } from '../ui/explanations/Terms.tsx'
import { commandMessages } from './command-messages.ts'
import { drainAnnouncement } from './drain-messages.ts'
import { drainProgress } from './drain-progress.ts'
import { NODE_TERMS, text } from './messages.ts'
import { NodeCommandDialog, type CommandQuestion } from './NodeCommandDialog.tsx'
import { NodeRow } from './NodeRow.tsx'
import { restartTurn } from './restart-turn.ts'
import styles from './nodes.module.css'

type Props = {
  fleet: FleetStore
  state: FleetState
  nodes: readonly NodeView[]
  /** The nodes belong to several sites, so each row names its site. */
  withSite?: boolean
}

/** The nodes with their commands and the progress of their drains. */
export function NodeList({ fleet, state, nodes, withSite = false }: Props) {
  const t = useTranslate()
  const section = useRef<HTMLElement>(null)
  const [question, setQuestion] = useState<CommandQuestion>()
  const restarts = new Map(state.sites?.map(({ site, restart }) => [site, restart]))
  const turnOf = (node: NodeView) => restartTurn(node, restarts.get(node.site))
  const ask = (node: NodeView, verb: NodeVerb) => {
    fleet.dismissFailure()
    setQuestion({ node, verb })
  }
  const close = ({ node: { node }, verb }: CommandQuestion) => {
    setQuestion(undefined)
    if (state.failedCommand?.node === node) fleet.dismissFailure()
    focusActions(section.current, node, verb)
  }
  return (
    <section ref={section} aria-labelledby="nodes-title">
      <h2 id="nodes-title" className={classNames(sectionStyles.title, styles.title)}>
        {t(text.nodes)}
      </h2>
      {!question && <FailedCommand fleet={fleet} state={state} />}
      <CardTable
        className={styles.columns}
        labelledBy="nodes-title"
        columns={[
          t(text.node),
          t(text.status),
          t(text.headroom),
          t(text.meetings),
          t(text.cpu),
          t(text.lastReport),
          t(text.actions),
        ]}
      >
        {nodes.map((node) => (
          <NodeRow
            key={node.node}
            node={node}
            withSite={withSite}
            turn={turnOf(node)}
            pending={state.pendingCommands.get(node.node)}
            onCommand={(verb) => ask(node, verb)}
          />
        ))}
      </CardTable>
      <div className={styles.terms}>
        <Terms of={NODE_TERMS} />
      </div>
      {/* The restart of a site announces its own node. */}
      <DrainAnnouncements nodes={nodes.filter((node) => !turnOf(node))} />
      {question && (
        <NodeCommandDialog fleet={fleet} state={state} question={question} onClose={() => close(question)} />
      )}
    </section>
  )
}

/** The pressed button may be gone: the focus goes to the same command, or else to its replacement. */
function focusActions(section: HTMLElement | null, node: string, verb: NodeVerb): void {
  const actions = section?.querySelector<HTMLElement>(`[data-node='${node}'] [data-actions]`)
  const find = (selector: string) => actions?.querySelector<HTMLElement>(selector)
  const target = find(`[data-verb='${verb}']`) ?? find('button') ?? actions
  target?.focus()
}

/** For a command that failed after its dialog was closed. */
function FailedCommand({ fleet, state: { failedCommand, nodes } }: Pick<Props, 'fleet' | 'state'>) {
  const t = useTranslate()
  if (!failedCommand) return null
  const { node, verb, refusal } = failedCommand
  const state = nodes?.find((one) => one.node === node)?.state ?? 'serving'
  return (
    <div className={styles.failed}>
      <p>{t(commandMessages(verb, state).failed(node))}</p>
      <ProblemNotice problem={refusal} onRetry={() => void fleet.command(node, verb)} />
    </div>
  )
}

/** One line per node, so that a screen reader reads only the line that changed. */
function DrainAnnouncements({ nodes }: { nodes: readonly NodeView[] }) {
  const t = useTranslate()
  return (
    <div className={textStyles.visuallyHidden} role="status" aria-atomic="false">
      {nodes.map((node) => {
        const progress = drainProgress(node)
        return progress && <p key={node.node}>{t(drainAnnouncement(node.node, progress))}</p>
      })}
    </div>
  )
}
