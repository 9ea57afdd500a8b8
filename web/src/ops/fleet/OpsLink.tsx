import type { MouseEvent, ReactNode } from 'react'
import type { FleetStore } from './fleet-store.ts'

/** `site`: undefined leads to the overview. */
type Props = { fleet: FleetStore; site?: string; className?: string | undefined; children: ReactNode }

/** A real link to a site or to the overview, followed without reloading the page. */
export function OpsLink({ fleet, site, className, children }: Props) {
  const href = site === undefined ? '/ops' : `/ops?site=${encodeURIComponent(site)}`
  const follow = (event: MouseEvent) => {
    // With these keys the browser opens another tab or window.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    history.pushState(undefined, '', href)
    scrollTo(0, 0)
    fleet.openSite(site)
  }
  return (
    <a className={className} href={href} onClick={follow}>
      {children}
    </a>
  )
}
