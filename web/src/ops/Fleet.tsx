import { useEffect, useState } from 'react'
import { RefusalNotice } from '../ui/RefusalNotice.tsx'
import { STALE_MS, type Fleet as FleetStore, type FleetPageView } from './fleet.ts'
import { NodeList } from './NodeList.tsx'
import { SiteCards } from './SiteCards.tsx'
import { age } from './words.ts'

type Props = { fleet: FleetStore; view: FleetPageView }

export function Fleet({ fleet, view }: Props) {
  const { seen, refusal, commandFault } = view
  if (!seen) {
    return refusal ? (
      <RefusalNotice refusal={refusal} onRetry={() => void fleet.refresh()} />
    ) : (
      <p className="ops-wait" role="status">
        Reading the fleet …
      </p>
    )
  }
  return (
    <>
      <div className="ops-title">
        <h1>Operations</h1>
        <Freshness view={view} />
      </div>
      {commandFault && (
        <div className="ops-fault">
          <p>
            {commandFault.verb} of <b>{commandFault.node}</b> was refused.
          </p>
          <RefusalNotice
            refusal={commandFault.refusal}
            onRetry={() => void fleet.command(commandFault.node, commandFault.verb)}
          />
        </div>
      )}
      {seen.nodes.length === 0 ? (
        <section className="card ops-empty">
          <h2>No edge node is enrolled yet</h2>
          <p>
            Install an edge node and give it the address of this control plane and the enrolment key. It
            appears here within seconds.
          </p>
        </section>
      ) : (
        <>
          <SiteCards sites={seen.sites} />
          <NodeList fleet={fleet} view={view} nodes={seen.nodes} />
        </>
      )}
    </>
  )
}

/** Says in words whether these numbers are of now. */
function Freshness({ view }: { view: FleetPageView }) {
  const [nowMs, setNowMs] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const ageMs = Math.max(0, nowMs - (view.seenAtMs ?? nowMs))
  const stale = ageMs > STALE_MS
  return (
    <div className={stale ? 'freshness stale' : 'freshness'} data-stale={stale}>
      <span className="pulse" aria-hidden="true" />
      <p>
        {/* The age stands outside: an alert that changes each second would be read out each second. */}
        <span role={stale ? 'alert' : undefined}>
          {stale ? 'Not live: the control plane does not answer.' : 'Live'}
        </span>
        {stale && ` These numbers are from ${age(ageMs)}.`}
      </p>
    </div>
  )
}
