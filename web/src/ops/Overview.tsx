import type { SiteView } from '@levee/control-plane/contract'
import { useTranslate } from '../i18n/use-translate.ts'
import { classNames } from '../ui/class-names.ts'
import cardStyles from '../ui/elements/card.module.css'
import textStyles from '../ui/text.module.css'
import type { FleetState } from './fleet/fleet-state.ts'
import type { FleetStore } from './fleet/fleet-store.ts'
import { Freshness } from './fleet/Freshness.tsx'
import { text } from './messages.ts'
import { NodeList } from './nodes/NodeList.tsx'
import { fleetTotals } from './sites/site-messages.ts'
import { bySiteAndName } from './sites/site-order.ts'
import { SiteCards } from './sites/SiteCards.tsx'
import { SiteList, type SiteSearch } from './sites/SiteList.tsx'
import styles from './ops.module.css'

type Props = {
  fleet: FleetStore
  state: FleetState
  sites: readonly SiteView[]
  search: SiteSearch
  onSearch: (search: SiteSearch) => void
}

/** A small fleet with all its sites and nodes, or the sites of a large one. */
export function Overview({ fleet, state, sites, search, onSearch }: Props) {
  const t = useTranslate()
  const { nodes, previousSite } = state
  return (
    <>
      <div>
        <div className={styles.title}>
          <h1>{t(text.operations)}</h1>
          <Freshness state={state} />
        </div>
        {!nodes && (
          <ul className={classNames(textStyles.hint, styles.totals)}>
            {fleetTotals(sites).map((total) => (
              <li key={total.id}>{t(total)}</li>
            ))}
          </ul>
        )}
      </div>
      {nodes?.length === 0 && (
        <section className={classNames(cardStyles.card, styles.empty)}>
          <h2>{t(text.noNodes)}</h2>
          <p>{t(text.installNode)}</p>
        </section>
      )}
      {nodes && nodes.length > 0 && (
        <>
          <SiteCards fleet={fleet} sites={sites} />
          <NodeList fleet={fleet} state={state} nodes={nodes.toSorted(bySiteAndName)} withSite />
        </>
      )}
      {!nodes && (
        <SiteList
          fleet={fleet}
          sites={sites}
          previousSite={previousSite}
          search={search}
          onSearch={onSearch}
        />
      )}
    </>
  )
}
