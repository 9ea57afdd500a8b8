import type { SiteView } from '@levee/control-plane/contract'
import { ChevronLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import { classNames } from '../ui/class-names.ts'
import { Button } from '../ui/elements/Button.tsx'
import cardStyles from '../ui/elements/card.module.css'
import pageStyles from '../ui/page/page.module.css'
import textStyles from '../ui/text.module.css'
import type { FleetState } from './fleet/fleet-state.ts'
import type { FleetStore } from './fleet/fleet-store.ts'
import { Freshness } from './fleet/Freshness.tsx'
import { OpsLink } from './fleet/OpsLink.tsx'
import { text } from './messages.ts'
import { NodeList } from './nodes/NodeList.tsx'
import { SITE_TERMS } from './sites/messages.ts'
import { SiteEditor } from './sites/settings/SiteEditor.tsx'
import { SiteSettings } from './sites/settings/SiteSettings.tsx'
import { nodesServing } from './sites/site-messages.ts'
import { SiteState } from './sites/SiteState.tsx'
import { ListFooter } from './ui/ListFooter.tsx'
import { Terms } from './ui/explanations/Terms.tsx'
import styles from './ops.module.css'
import sectionStyles from './ui/section.module.css'

type Props = { fleet: FleetStore; state: FleetState; name: string; sites: readonly SiteView[] }

/** One site of a large fleet: its state, its settings, and its nodes, page by page. */
export function SitePage({ fleet, state, name, sites }: Props) {
  const t = useTranslate()
  const heading = useRef<HTMLHeadingElement>(null)
  const [editing, setEditing] = useState(false)
  // The page content was replaced: move the focus, so that a screen reader announces it.
  useEffect(() => heading.current?.focus(), [])
  const site = sites.find((one) => one.site === name)
  return (
    <>
      <div>
        <OpsLink fleet={fleet} className={classNames(pageStyles.headLink, styles.back)}>
          <ChevronLeft />
          {t(text.allSites)}
        </OpsLink>
        <div className={styles.title}>
          <h1 ref={heading} tabIndex={-1}>
            {name}
          </h1>
          <Freshness state={state} />
        </div>
        <p className={textStyles.hint}>{t(site ? nodesServing(site) : text.noSuchSite)}</p>
      </div>
      {site && (
        <div className={styles.site} data-site={name}>
          <section className={classNames(cardStyles.card, styles.panel)} aria-label={t(text.state)}>
            <SiteState fleet={fleet} site={site} />
            <Terms of={SITE_TERMS} />
          </section>
          <section className={classNames(cardStyles.card, styles.panel)} aria-labelledby="settings-title">
            <div className={styles.panelHead}>
              <h2 id="settings-title" className={sectionStyles.title}>
                {t(text.settings)}
              </h2>
              <Button size="small" aria-label={t(text.editSettings(name))} onClick={() => setEditing(true)}>
                {t(text.edit)}
              </Button>
            </div>
            <SiteSettings settings={site.settings} />
          </section>
        </div>
      )}
      {site && <SiteNodes fleet={fleet} state={state} site={site} />}
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

function SiteNodes({ fleet, state, site }: Omit<Props, 'name' | 'sites'> & { site: SiteView }) {
  const t = useTranslate()
  const { nodes, hasMoreNodes, loadingMore } = state
  if (!nodes)
    return (
      <p className={styles.loading} role="status">
        {t(text.loadingNodes)}
      </p>
    )
  if (nodes.length === 0) return null
  return (
    <div>
      <NodeList fleet={fleet} state={state} nodes={nodes} />
      <ListFooter
        summary={t(text.nodesShown(nodes.length, Math.max(nodes.length, site.nodes)))}
        more={
          hasMoreNodes
            ? {
                visible: t(loadingMore ? text.loadingMore : text.showMore),
                label: t(text.showMoreNodes),
                busy: loadingMore,
                onClick: () => fleet.showMoreNodes(),
              }
            : undefined
        }
      />
    </div>
  )
}
