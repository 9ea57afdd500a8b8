import type { SiteView } from '@levee/control-plane/contract'
import { useState } from 'react'
import { SettingsIcon } from '../../ui/icons.tsx'
import type { Fleet } from '../fleet/fleet-store.ts'
import { Headroom } from '../fleet/Headroom.tsx'
import { SiteEditor } from './SiteEditor.tsx'
import { SiteRestart } from './SiteRestart.tsx'
import { byName } from './site-order.ts'
import { servingWords, sharesOf, siteStatus, troubleWords } from './site-messages.ts'

type Props = { fleet: Fleet; sites: readonly SiteView[] }

/** A few sites, each with all there is to say of it. */
export function SiteCards({ fleet, sites }: Props) {
  const [edited, setEdited] = useState<SiteView>()
  return (
    <section aria-labelledby="sites-title">
      <h2 id="sites-title" className="section-title">
        Sites
      </h2>
      <ul className="site-cards">
        {sites.toSorted(byName).map((site) => (
          <li key={site.site} className="card site-card" data-site={site.site}>
            <div className="site-head">
              <div>
                <h3>{site.site}</h3>
                <p className={site.serving < site.nodes ? 'hint warn-ink' : 'hint'}>{servingWords(site)}</p>
              </div>
              <button
                type="button"
                className="icon-button"
                title={`Settings of ${site.site}`}
                aria-label={`Settings of ${site.site}`}
                onClick={() => setEdited(site)}
              >
                <SettingsIcon />
              </button>
            </div>
            <SiteState fleet={fleet} site={site} />
          </li>
        ))}
      </ul>
      {edited && (
        <SiteEditor
          fleet={fleet}
          site={edited}
          known={new Set(sites.map(({ site }) => site))}
          onClose={() => setEdited(undefined)}
        />
      )}
    </section>
  )
}

/** What is wrong, how much is free, what goes on, and its nodes' restart. */
export function SiteState({ fleet, site }: { fleet: Fleet; site: SiteView }) {
  const status = siteStatus(site)
  const trouble = troubleWords(site)
  return (
    <>
      {trouble !== undefined && (
        <p className="site-trouble" data-trouble={status}>
          {trouble}
        </p>
      )}
      {site.serving > 0 && <Headroom label={`Headroom of ${site.site}`} {...sharesOf(site)} />}
      <dl className="figures">
        <div>
          <dt>Meetings</dt>
          <dd>{site.rooms.toLocaleString()}</dd>
        </div>
        <div>
          <dt>People</dt>
          <dd>{site.participants.toLocaleString()}</dd>
        </div>
        <div>
          <dt>Free tracks</dt>
          <dd>{Math.round(site.headroomTracks).toLocaleString()}</dd>
        </div>
      </dl>
      <SiteRestart fleet={fleet} site={site} />
    </>
  )
}
