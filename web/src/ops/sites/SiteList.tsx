import type { SiteView } from '@levee/control-plane/contract'
import { useEffect, useRef } from 'react'
import { formatNumber } from '../../i18n/format.ts'
import { useTranslate } from '../../i18n/use-translate.ts'
import { Input } from '../../ui/elements/Field.tsx'
import type { FleetStore } from '../fleet/fleet-store.ts'
import { OpsLink } from '../fleet/OpsLink.tsx'
import { SITES_PER_PAGE } from '../tuning.ts'
import { CardTable, Cell, CellNote } from '../ui/CardTable.tsx'
import { Headroom } from '../ui/Headroom.tsx'
import { ListFooter } from '../ui/ListFooter.tsx'
import sectionStyles from '../ui/section.module.css'
import { Status } from '../ui/Status.tsx'
import { text } from './messages.ts'
import { restartInBrief } from './restart/restart-messages.ts'
import { SITE_STATUS, siteProblem } from './site-messages.ts'
import { findSites, worstFirst } from './site-order.ts'
import { capacityShares, siteStatus } from './site-status.ts'
import styles from './site-list.module.css'

/** Kept while the page of a site is open. `shown`: number of rows. */
export type SiteSearch = { text: string; shown: number }
export const ALL_SITES: SiteSearch = { text: '', shown: SITES_PER_PAGE }

type Props = {
  fleet: FleetStore
  sites: readonly SiteView[]
  /** The site whose page was open before: its row gets the focus. */
  previousSite: string | undefined
  search: SiteSearch
  onSearch: (search: SiteSearch) => void
}

/** The sites of a large fleet, one row each; those that need an operator come first. */
export function SiteList({ fleet, sites, previousSite, search, onSearch }: Props) {
  const t = useTranslate()
  const section = useRef<HTMLElement>(null)
  useEffect(
    () => section.current?.querySelector<HTMLElement>(`[data-site='${previousSite}'] a`)?.focus(),
    [previousSite],
  )
  const found = worstFirst(findSites(sites, search.text))
  const shown = found.slice(0, search.shown)
  return (
    <section ref={section} aria-labelledby="sites-title">
      <div className={styles.header}>
        <h2 id="sites-title" className={sectionStyles.title}>
          {t(text.sites)}
        </h2>
        <Input
          type="search"
          placeholder={t(text.find)}
          aria-label={t(text.find)}
          value={search.text}
          onChange={(event) => onSearch({ ...ALL_SITES, text: event.target.value })}
        />
      </div>
      <CardTable
        className={styles.columns}
        labelledBy="sites-title"
        columns={[
          t(text.site),
          t(text.status),
          t(text.headroom),
          t(text.nodes),
          t(text.meetings),
          t(text.people),
        ]}
      >
        {shown.map((site) => (
          <SiteRow key={site.site} fleet={fleet} site={site} />
        ))}
      </CardTable>
      <ListFooter
        summary={t(found.length === 0 ? text.noMatch : text.sitesShown(shown.length, found.length))}
        more={
          shown.length < found.length
            ? {
                visible: t(text.showMore),
                label: t(text.showMoreSites),
                busy: false,
                onClick: () => onSearch({ ...search, shown: search.shown + SITES_PER_PAGE }),
              }
            : undefined
        }
      />
    </section>
  )
}

function SiteRow({ fleet, site }: { fleet: FleetStore; site: SiteView }) {
  const t = useTranslate()
  const status = siteStatus(site)
  const { label, tone } = SITE_STATUS[status]
  const notes = [siteProblem(site), restartInBrief(site.restart)]
  return (
    <div role="row" data-site={site.site} data-site-status={status}>
      <div role="rowheader">
        <OpsLink fleet={fleet} site={site.site} className={styles.link}>
          {site.site}
        </OpsLink>
      </div>
      <Cell column={t(text.status)} wide>
        <Status tone={tone}>{t(label)}</Status>
        {notes.map((note) => note && <CellNote key={note.id}>{t(note)}</CellNote>)}
      </Cell>
      <Cell column={t(text.headroom)} wide>
        {site.serving > 0 ? (
          <Headroom name={site.site} {...capacityShares(site)} />
        ) : (
          <CellNote>{t(text.noHeadroom)}</CellNote>
        )}
      </Cell>
      <Cell column={t(text.nodes)}>
        {formatNumber(site.nodes)}
        <CellNote>{t(text.serving(site.serving))}</CellNote>
      </Cell>
      <Cell column={t(text.meetings)}>{formatNumber(site.rooms)}</Cell>
      <Cell column={t(text.people)}>{formatNumber(site.participants)}</Cell>
    </div>
  )
}
