import type { SiteView } from '@levee/control-plane/contract'
import { Headroom } from './Headroom.tsx'

export function SiteCards({ sites }: { sites: readonly SiteView[] }) {
  return (
    <section aria-labelledby="sites-title">
      <h2 id="sites-title" className="section-title">
        Sites
      </h2>
      <ul className="site-cards">
        {sites.map((site) => (
          <li key={site.site} className="card site-card" data-site={site.site}>
            <div className="site-head">
              <h3>{site.site}</h3>
              <span className={site.serving < site.nodes ? 'hint warn-ink' : 'hint'}>
                {site.serving} of {site.nodes} {site.nodes === 1 ? 'node' : 'nodes'} serving
              </span>
            </div>
            {site.serving === 0 ? (
              // Nothing is used up here: it is closed.
              <p className="site-closed">No node here takes new meetings.</p>
            ) : (
              <Headroom
                label={`Headroom of ${site.site}`}
                word="taken"
                used={1 - site.headroom}
                reserved={0}
                headroom={site.headroom}
              />
            )}
            <dl className="figures">
              <div>
                <dt>Meetings</dt>
                <dd>{site.rooms}</dd>
              </div>
              <div>
                <dt>People</dt>
                <dd>{site.participants}</dd>
              </div>
              <div>
                <dt>Free tracks</dt>
                <dd>{Math.round(site.headroomTracks).toLocaleString()}</dd>
              </div>
            </dl>
          </li>
        ))}
      </ul>
    </section>
  )
}
