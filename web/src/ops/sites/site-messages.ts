import type { SiteView } from '@levee/control-plane/contract'
import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/runtime-macro'
import { formatNumber } from '../../i18n/format.ts'
import type { StatusTone } from '../ui/Status.tsx'
import { siteStatus, type SiteStatus } from './site-status.ts'

export const SITE_STATUS: Record<SiteStatus, { label: MessageDescriptor; tone: StatusTone }> = {
  frozen: { label: msg`Frozen`, tone: 'bad' },
  closed: { label: msg`Closed`, tone: 'bad' },
  silent: { label: msg`Nodes silent`, tone: 'warn' },
  full: { label: msg`Nearly full`, tone: 'warn' },
  serving: { label: msg`Serving`, tone: 'good' },
  empty: { label: msg`Empty`, tone: 'neutral' },
}

/** What is wrong and what to do about it; undefined: nothing is wrong. */
export function siteProblem(site: SiteView): MessageDescriptor | undefined {
  const { nodes, silent } = site
  switch (siteStatus(site)) {
    case 'frozen':
      return msg`${{ silent: formatNumber(silent) }} of ${plural({ nodes }, { one: '# node', other: '# nodes' })} went silent at the same time. The fault may be in the network between them and the control plane, so their meetings aren’t moved for now. Check the network first.`
    case 'closed':
      return silent === nodes
        ? msg`No node sends reports. New meetings can’t start here.`
        : msg`No node here accepts new meetings.`
    case 'silent':
      return plural(
        { silent },
        {
          one: msg`# of ${plural({ nodes }, { one: '# node', other: '# nodes' })} isn’t sending reports. Check the machine and its network.`,
          other: msg`# of ${plural({ nodes }, { one: '# node', other: '# nodes' })} aren’t sending reports. Check the machines and their network.`,
        },
      )
    case 'full':
      return site.settings.boundary === 'hard'
        ? msg`New meetings will soon be refused.`
        : msg`New meetings will soon go to other sites.`
    case 'empty':
      return msg`No node is enrolled here.`
    case 'serving':
      return undefined
  }
}

export const nodesServing = ({ serving, nodes }: Pick<SiteView, 'serving' | 'nodes'>): MessageDescriptor =>
  msg`${{ serving: formatNumber(serving) }} of ${plural({ nodes }, { one: '# node', other: '# nodes' })} serving`

/** The sums of a whole fleet. */
export function fleetTotals(sites: readonly SiteView[]): readonly MessageDescriptor[] {
  const sum = (name: 'nodes' | 'serving' | 'rooms' | 'participants') =>
    sites.reduce((total, site) => total + site[name], 0)
  const [meetings, people] = [sum('rooms'), sum('participants')]
  return [
    msg`${plural({ sites: sites.length }, { one: '# site', other: '# sites' })}`,
    nodesServing({ serving: sum('serving'), nodes: sum('nodes') }),
    msg`${plural({ meetings }, { one: '# meeting', other: '# meetings' })}`,
    msg`${plural({ people }, { one: '# person', other: '# people' })}`,
  ]
}
