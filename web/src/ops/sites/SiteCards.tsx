import type { SiteView } from '@levee/control-plane/contract'
import { useState } from 'react'
import { useTranslate } from '../../i18n/use-translate.ts'
import { classNames } from '../../ui/class-names.ts'
import { Button } from '../../ui/elements/Button.tsx'
import cardStyles from '../../ui/elements/card.module.css'
import textStyles from '../../ui/text.module.css'
import type { FleetStore } from '../fleet/fleet-store.ts'
import sectionStyles from '../ui/section.module.css'
import { Terms } from '../ui/explanations/Terms.tsx'
import { SITE_TERMS, text } from './messages.ts'
import { SiteEditor } from './settings/SiteEditor.tsx'
import { nodesServing } from './site-messages.ts'
import { byName } from './site-order.ts'
import { SiteState } from './SiteState.tsx'
import styles from './sites.module.css'

type Props = { fleet: FleetStore; sites: readonly SiteView[] }

/** The sites of a small fleet, each with its state and its controls. */
export function SiteCards({ fleet, sites }: Props) {
  const t = useTranslate()
  const [edited, setEdited] = useState<SiteView>()
  return (
    <section aria-labelledby="sites-title">
      <h2 id="sites-title" className={classNames(sectionStyles.title, styles.title)}>
        {t(text.sites)}
      </h2>
      <ul className={styles.cards}>
        {sites.toSorted(byName).map((site) => (
          <li key={site.site} className={classNames(cardStyles.card, styles.card)} data-site={site.site}>
            <div className={styles.head}>
              <div>
                <h3>{site.site}</h3>
                <p className={classNames(textStyles.hint, site.serving < site.nodes && styles.warning)}>
                  {t(nodesServing(site))}
                </p>
              </div>
              <Button
                size="small"
                aria-label={t(text.settingsFor(site.site))}
                onClick={() => setEdited(site)}
              >
                {t(text.settings)}
              </Button>
            </div>
            <SiteState fleet={fleet} site={site} />
          </li>
        ))}
      </ul>
      <Terms of={SITE_TERMS} />
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
