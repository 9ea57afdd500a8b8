import type { SiteView } from '@levee/control-plane/contract'
import { useEffect, useRef, useState } from 'react'
import { BackIcon } from '../../ui/icons.tsx'
import type { Fleet, FleetPageView } from '../fleet/fleet-store.ts'
import { Freshness } from '../fleet/Freshness.tsx'
import { NodeList } from '../nodes/NodeList.tsx'
import { OpsLink } from '../OpsLink.tsx'
import { SiteState } from './SiteCards.tsx'
import { SiteEditor } from './SiteEditor.tsx'
import { servingWords, settingsWords } from './site-messages.ts'

type Props = { fleet: Fleet; view: FleetPageView; name: string; sites: readonly SiteView[] }

/** One site of a large fleet: its sums, its settings, and its nodes page by page. */
export function SitePage({ fleet, view, name, sites }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  const [editing, setEditing] = useState(false)
  // The page changed under the person: say so to whoever cannot see it.
  useEffect(() => heading.current?.focus(), [])
  const site = sites.find((one) => one.site === name)
  return (
    <>
      <div>
        <OpsLink fleet={fleet} className="head-link">
          <BackIcon />
          All sites
        </OpsLink>
        <div className="ops-title">
          <h1 ref={heading} tabIndex={-1}>
            {name}
          </h1>
          <Freshness view={view} />
        </div>
        <p className="hint fleet-line">{site ? servingWords(site) : 'No site of this name is known.'}</p>
      </div>
      {site && (
        <div className="site-detail" data-site={name}>
          <section className="card site-card" aria-label="State">
            <SiteState fleet={fleet} site={site} />
          </section>
          <section className="card site-card" aria-labelledby="settings-title">
            <div className="site-head">
              <h2 id="settings-title" className="section-title">
                Settings
              </h2>
              <button type="button" className="button small" onClick={() => setEditing(true)}>
                Edit<span className="visually-hidden"> settings of {name}</span>
              </button>
            </div>
            <dl className="site-settings">
              {settingsWords(site.settings).map(([term, words]) => (
                <div key={term}>
                  <dt>{term}</dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
      )}
      {site && <SiteNodes fleet={fleet} view={view} site={site} />}
      {site && editing && (
        <SiteEditor
          fleet={fleet}
          site={site}
          known={new Set(sites.map((one) => one.site))}
          onClose={() => setEditing(false)}
        />
      )}
    </>
  )
}

function SiteNodes({ fleet, view, site }: Omit<Props, 'name' | 'sites'> & { site: SiteView }) {
  const { nodes, more, coming } = view
  if (!nodes) {
    return (
      <p className="ops-wait" role="status">
        Reading the nodes …
      </p>
    )
  }
  if (nodes.length === 0) return null
  return (
    <div>
      <NodeList fleet={fleet} view={view} nodes={nodes} />
      <div className="list-foot">
        <p className="hint" role="status">
          {nodes.length.toLocaleString()} of {Math.max(nodes.length, site.nodes).toLocaleString()} nodes
        </p>
        {more && (
          <button
            type="button"
            className="button"
            aria-disabled={coming}
            onClick={() => !coming && fleet.showMore()}
          >
            {coming ? 'Loading …' : 'Show more'}
            <span className="visually-hidden"> nodes</span>
          </button>
        )}
      </div>
    </div>
  )
}
