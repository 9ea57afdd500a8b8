import type { SiteView } from '@levee/control-plane/contract'
import { useEffect, useRef } from 'react'
import type { Fleet } from '../fleet/fleet-store.ts'
import { Headroom } from '../fleet/Headroom.tsx'
import { OpsLink } from '../OpsLink.tsx'
import { restartLine } from './restart-messages.ts'
import { findSites, worstFirst } from './site-order.ts'
import { nodesWord, servingWords, sharesOf, SITE_LABELS, siteStatus, troubleWords } from './site-messages.ts'
import { WideTable } from '../fleet/WideTable.tsx'

/** What the list keeps while a site is looked at. */
export type SiteSearch = { text: string; shown: number }
export const WHOLE_LIST: SiteSearch = { text: '', shown: 50 }
const STEP = 50
const HEADS = ['Site', 'Status', 'Headroom', 'Nodes', 'Meetings', 'People']

type Props = {
  fleet: Fleet
  sites: readonly SiteView[]
  from: string | undefined
  search: SiteSearch
  onSearch: (search: SiteSearch) => void
}

/** Many sites, one line each, the one that needs somebody first. Their nodes are one click away. */
export function SiteList({ fleet, sites, from, search, onSearch }: Props) {
  const section = useRef<HTMLElement>(null)
  // Back from a site: on with the list where it was left.
  useEffect(() => section.current?.querySelector<HTMLElement>(`[data-site='${from}'] a`)?.focus(), [from])
  const found = worstFirst(findSites(sites, search.text))
  const shown = found.slice(0, search.shown)
  return (
    <section ref={section} aria-labelledby="sites-title">
      <div className="list-head">
        <h2 id="sites-title" className="section-title">
          Sites
        </h2>
        <input
          className="input"
          type="search"
          placeholder="Find a site"
          aria-label="Find a site"
          value={search.text}
          onChange={(event) => onSearch({ ...WHOLE_LIST, text: event.target.value })}
        />
      </div>
      <WideTable kind="site-table" labelledBy="sites-title" heads={HEADS}>
        {shown.map((site) => (
          <SiteRow key={site.site} fleet={fleet} site={site} />
        ))}
      </WideTable>
      <div className="list-foot">
        <p className="hint" role="status">
          {found.length === 0 ? 'No site has this in its name.' : `${shown.length} of ${found.length} sites`}
        </p>
        {shown.length < found.length && (
          <button
            type="button"
            className="button"
            onClick={() => onSearch({ ...search, shown: search.shown + STEP })}
          >
            Show more<span className="visually-hidden"> sites</span>
          </button>
        )}
      </div>
    </section>
  )
}

function SiteRow({ fleet, site }: { fleet: Fleet; site: SiteView }) {
  const status = siteStatus(site)
  const { label, tone } = SITE_LABELS[status]
  const trouble = troubleWords(site)
  const restart = restartLine(site.restart)
  return (
    <div role="row" data-site={site.site} data-site-status={status}>
      <div role="rowheader">
        <OpsLink fleet={fleet} site={site.site} className="row-link">
          {site.site}
        </OpsLink>
      </div>
      <div role="cell" data-label="Status">
        <span className="status" data-tone={tone}>
          {label}
        </span>
        {trouble !== undefined && <span className="cell-note">{trouble}</span>}
        {restart !== undefined && <span className="cell-note">{restart}</span>}
      </div>
      <div role="cell" data-label="Headroom">
        {site.serving > 0 ? (
          <Headroom label={`Headroom of ${site.site}`} {...sharesOf(site)} />
        ) : (
          <span className="cell-note">No headroom</span>
        )}
      </div>
      <div role="cell" data-label="Nodes">
        {site.nodes.toLocaleString()}
        <span className="cell-note">{site.serving.toLocaleString()} serving</span>
      </div>
      <div role="cell" data-label="Meetings">
        {site.rooms.toLocaleString()}
      </div>
      <div role="cell" data-label="People">
        {site.participants.toLocaleString()}
      </div>
    </div>
  )
}

/** The whole fleet in one line. */
export function FleetLine({ sites }: { sites: readonly SiteView[] }) {
  const sum = (name: 'nodes' | 'serving' | 'rooms' | 'participants') =>
    sites.reduce((total, site) => total + site[name], 0)
  const whole = { serving: sum('serving'), nodes: sum('nodes') }
  return (
    <p className="hint fleet-line">
      {[
        `${sites.length.toLocaleString()} sites`,
        whole.serving === whole.nodes ? nodesWord(whole.nodes) : servingWords(whole),
        `${sum('rooms').toLocaleString()} meetings`,
        `${sum('participants').toLocaleString()} people`,
      ].join(' · ')}
    </p>
  )
}
