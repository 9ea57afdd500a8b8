import type { SiteView } from '@levee/control-plane/contract'
import { useRef, useState } from 'react'
import { restartSite, stopRestart, type Answer } from '../../../api/client.ts'
import type { ShownProblem } from '../../../api/shown-problem.ts'
import { useTranslate } from '../../../i18n/use-translate.ts'
import { Button } from '../../../ui/elements/Button.tsx'
import { ProblemNotice } from '../../../ui/ProblemNotice.tsx'
import textStyles from '../../../ui/text.module.css'
import type { FleetStore } from '../../fleet/fleet-store.ts'
import { text } from './messages.ts'
import { canContinue, canStop } from './restart-actions.ts'
import { restartAnnouncement } from './restart-messages.ts'
import { RestartDialog } from './RestartDialog.tsx'
import { RestartProgress } from './RestartProgress.tsx'
import styles from './restart.module.css'

type Props = { fleet: FleetStore; site: SiteView }
type Action = 'begin' | 'continue' | 'stop'

/** Starts, shows and stops the restart of a site's nodes, one by one. */
export function SiteRestart({ fleet, site: { site, nodes, restart } }: Props) {
  const t = useTranslate()
  const block = useRef<HTMLDivElement>(null)
  const [asking, setAsking] = useState(false)
  const [pending, setPending] = useState<Action>()
  const [refusal, setRefusal] = useState<ShownProblem>()
  const run = async (action: Action, call: (site: string) => Promise<Answer<void>>): Promise<boolean> => {
    if (pending) return false
    setPending(action)
    setRefusal(undefined)
    const answer = await call(site)
    await fleet.refresh()
    setPending(undefined)
    if (!answer.ok) setRefusal(answer.refusal)
    // The pressed button may be gone: the focus goes to its replacement.
    else block.current?.querySelector<HTMLElement>('button')?.focus()
    return answer.ok
  }
  if (nodes === 0 && !restart) return null
  const underWay = restart && restart.state !== 'done'
  const disabled = pending !== undefined
  return (
    <div ref={block} className={styles.restart} data-restart={restart?.state ?? 'none'}>
      {restart && (
        <RestartProgress restart={restart}>
          {canContinue(restart) && (
            <ActionButton
              label={t(pending === 'continue' ? text.continuing : text.continue)}
              name={pending === 'continue' ? undefined : t(text.continueAt(site))}
              disabled={disabled}
              onClick={() => void run('continue', restartSite)}
            />
          )}
          {canStop(restart) && (
            <ActionButton
              label={t(pending === 'stop' ? text.stopping : text.stop)}
              name={pending === 'stop' ? undefined : t(text.stopAt(site))}
              disabled={disabled}
              onClick={() => void run('stop', stopRestart)}
            />
          )}
        </RestartProgress>
      )}
      {refusal && !asking && <ProblemNotice problem={refusal} />}
      {!underWay && nodes > 0 && (
        <ActionButton
          label={t(text.restart)}
          name={t(text.restartAt(site))}
          disabled={disabled}
          onClick={() => setAsking(true)}
        />
      )}
      <p className={textStyles.visuallyHidden} role="status">
        {restart && t(restartAnnouncement(site, restart, t))}
      </p>
      {asking && (
        <RestartDialog
          site={site}
          nodes={nodes}
          pending={disabled}
          refusal={refusal}
          onRun={() => run('begin', restartSite)}
          onClose={() => {
            setAsking(false)
            setRefusal(undefined)
            block.current?.querySelector<HTMLElement>('button')?.focus()
          }}
        />
      )}
    </div>
  )
}

type ButtonProps = { label: string; name: string | undefined; disabled: boolean; onClick: () => void }

/** `name`: for screen readers, unique per site. */
function ActionButton({ label, name, disabled, onClick }: ButtonProps) {
  return (
    <Button size="small" aria-label={name} aria-disabled={disabled} onClick={onClick}>
      {label}
    </Button>
  )
}
