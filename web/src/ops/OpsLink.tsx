import type { MouseEvent, ReactNode } from 'react'
import type { Fleet } from './fleet/fleet-store.ts'

type Props = { fleet: Fleet; site?: string; className?: string; children: ReactNode }

/** To a site, or to the overview: a real link, followed without loading the page anew. */
export function OpsLink({ fleet, site, className, children }: Props) {
  const href = site === undefined ? '/ops' : `/ops?site=${encodeURIComponent(site)}`
  const follow = (event: MouseEvent) => {
    // Another tab or window is the browser's business.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    history.pushState(undefined, '', href)
    scrollTo(0, 0)
    fleet.choose(site)
  }
  return (
    <a className={className} href={href} onClick={follow}>
      {children}
    </a>
  )
}
