import type { SiteView } from '@levee/control-plane/contract'
import { formatNumber } from '../../i18n/format.ts'
import { useTranslate } from '../../i18n/use-translate.ts'
import type { FleetStore } from '../fleet/fleet-store.ts'
import { Headroom } from '../ui/Headroom.tsx'
import { text } from './messages.ts'
import { SiteRestart } from './restart/SiteRestart.tsx'
import { siteProblem } from './site-messages.ts'
import { capacityShares, siteStatus } from './site-status.ts'
import styles from './sites.module.css'

/** Problems of a site, its headroom, its meetings, and the restart of its nodes. */
export function SiteState({ fleet, site }: { fleet: FleetStore; site: SiteView }) {
  const t = useTranslate()
  const problem = siteProblem(site)
  const figures = [
    { label: text.meetings, value: site.rooms },
    { label: text.people, value: site.participants },
    { label: text.freeTracks, value: Math.round(site.headroomTracks) },
  ]
  return (
    <>
      {problem && (
        <p className={styles.problem} data-site-problem={siteStatus(site)}>
          {t(problem)}
        </p>
      )}
      {site.serving > 0 && <Headroom name={site.site} {...capacityShares(site)} />}
      <dl className={styles.figures}>
        {figures.map(({ label, value }) => (
          <div key={label.id}>
            <dt>{t(label)}</dt>
            <dd>{formatNumber(value)}</dd>
          </div>
        ))}
      </dl>
      <SiteRestart fleet={fleet} site={site} />
    </>
  )
}
