import type { SiteView } from '@levee/control-plane/contract'
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react'
import { restartSite, stopRestart, type Answer } from '../../api/client.ts'
import type { ShownRefusal } from '../../api/shown-problem.ts'
import { RefusalNotice } from '../../ui/ProblemNotice.tsx'
import type { Fleet } from '../fleet/fleet-store.ts'
import { mayGoOn, mayStop, restartNews, restartProgress, restartSays } from './restart-messages.ts'

type Props = { fleet: Fleet; site: SiteView }
type Doing = 'begin' | 'go-on' | 'stop'

/** The nodes of a site restarted one by one: how to begin it, how far it is, how to stop it. */
export function SiteRestart({ fleet, site: { site, nodes, restart } }: Props) {
  const block = useRef<HTMLDivElement>(null)
  const [asking, setAsking] = useState(false)
  const [doing, setDoing] = useState<Doing>()
  const [refusal, setRefusal] = useState<ShownRefusal>()
  const run = async (what: Doing, call: (site: string) => Promise<Answer<void>>): Promise<boolean> => {
    if (doing) return false
    setDoing(what)
    setRefusal(undefined)
    const answer = await call(site)
    await fleet.refresh()
    setDoing(undefined)
    if (!answer.ok) setRefusal(answer.refusal)
    // The button that was pressed may be gone: to what stands there now.
    else block.current?.querySelector<HTMLElement>('button')?.focus()
    return answer.ok
  }
  const underWay = restart && restart.state !== 'done'
  if (nodes === 0 && !restart) return null
  const act = (what: Doing, label: string, busy: string, call: typeof restartSite) => (
    <button
      type="button"
      className="button small"
      aria-disabled={doing !== undefined}
      onClick={() => void run(what, call)}
    >
      {doing === what ? busy : label}
      <span className="visually-hidden"> restarting nodes at {site}</span>
    </button>
  )
  return (
    <div ref={block} className="site-restart" data-restart={restart?.state ?? 'none'}>
      {restart && (
        <Progress restart={restart}>
          {mayGoOn(restart) && act('go-on', 'Go on', 'Going on …', restartSite)}
          {mayStop(restart) && act('stop', 'Stop', 'Stopping …', stopRestart)}
        </Progress>
      )}
      {refusal && !asking && <RefusalNotice refusal={refusal} />}
      {!underWay && nodes > 0 && (
        <button type="button" className="button small" onClick={() => setAsking(true)}>
          Restart nodes one by one<span className="visually-hidden"> at {site}</span>
        </button>
      )}
      <p className="visually-hidden" role="status">
        {restart && restartNews(site, restart)}
      </p>
      {asking && (
        <RestartDialog
          site={site}
          nodes={nodes}
          busy={doing !== undefined}
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

type ProgressProps = { restart: NonNullable<SiteView['restart']>; children: ReactNode }

function Progress({ restart, children }: ProgressProps) {
  const { tone, title, share, words, note } = restartProgress(restart)
  return (
    <div className="restart-progress" data-tone={tone}>
      <div className="restart-head">
        <p className="restart-title">{title}</p>
        <p className="restart-words">{words}</p>
      </div>
      {share !== undefined && (
        <div className="drain-bar" style={{ '--share': share } as CSSProperties} aria-hidden="true">
          <span />
        </div>
      )}
      <div className="restart-foot">
        {note !== undefined && <p className="restart-note">{note}</p>}
        <div className="restart-actions">{children}</div>
      </div>
    </div>
  )
}

type DialogProps = {
  site: string
  nodes: number
  busy: boolean
  refusal: ShownRefusal | undefined
  onRun: () => Promise<boolean>
  onClose: () => void
}

/** Says what will happen before it is done. */
function RestartDialog({ site, nodes, busy, refusal, onRun, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()
  const run = async () => {
    if (await onRun()) close()
  }
  return (
    <dialog ref={dialog} className="dialog command" aria-labelledby="restart-title" onClose={onClose}>
      <h2 id="restart-title">Restart the nodes of {site}?</h2>
      <ul className="hint what-happens">
        {restartSays(nodes).map((says) => (
          <li key={says}>{says}</li>
        ))}
      </ul>
      {refusal && <RefusalNotice refusal={refusal} onRetry={busy ? undefined : () => void run()} />}
      <div className="dialog-actions">
        <button type="button" className="button primary" aria-disabled={busy} onClick={() => void run()}>
          {busy ? 'Starting …' : 'Restart nodes'}
        </button>
        <button type="button" className="button quiet" onClick={close}>
          {busy ? 'Close' : 'Cancel'}
        </button>
      </div>
    </dialog>
  )
}
