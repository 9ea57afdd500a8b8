import { useState } from 'react'
import { RefusalNotice } from '../../ui/ProblemNotice.tsx'
import type { Fleet as FleetStore, FleetPageView } from './fleet-store.ts'
import { Freshness } from './Freshness.tsx'
import { NodeList } from '../nodes/NodeList.tsx'
import { SiteCards } from '../sites/SiteCards.tsx'
import { FleetLine, SiteList, WHOLE_LIST } from '../sites/SiteList.tsx'
import { SitePage } from '../sites/SitePage.tsx'
import { byPlace } from '../sites/site-order.ts'

type Props = { fleet: FleetStore; view: FleetPageView }

export function Fleet({ fleet, view }: Props) {
  const { chosen, sites, nodes, refusal } = view
  const [search, setSearch] = useState(WHOLE_LIST)
  if (!sites) {
    return refusal ? (
      <RefusalNotice refusal={refusal} onRetry={() => void fleet.refresh()} />
    ) : (
      <p className="ops-wait" role="status">
        Reading the fleet …
      </p>
    )
  }
  if (chosen !== undefined)
    return <SitePage key={chosen} fleet={fleet} view={view} name={chosen} sites={sites} />
  const whole = nodes !== undefined
  return (
    <>
      <div>
        <div className="ops-title">
          <h1>Operations</h1>
          <Freshness view={view} />
        </div>
        {!whole && <FleetLine sites={sites} />}
      </div>
      {whole && nodes.length === 0 && (
        <section className="card ops-empty">
          <h2>No edge node is enrolled yet</h2>
          <p>
            Install an edge node and give it the address of this control plane and the enrolment key. It
            appears here within seconds.
          </p>
        </section>
      )}
      {whole && nodes.length > 0 && (
        <>
          <SiteCards fleet={fleet} sites={sites} />
          <NodeList fleet={fleet} view={view} nodes={nodes.toSorted(byPlace)} withSite />
        </>
      )}
      {!whole && (
        <SiteList fleet={fleet} sites={sites} from={view.from} search={search} onSearch={setSearch} />
      )}
    </>
  )
}
