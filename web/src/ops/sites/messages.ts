import { msg, plural } from '@lingui/core/runtime-macro'
import { formatNumber } from '../../i18n/format.ts'
import type { Term } from '../ui/explanations/Terms.tsx'

export const text = {
  sites: msg`Sites`,
  site: msg`Site`,
  status: msg`Status`,
  headroom: msg`Headroom`,
  noHeadroom: msg`No headroom`,
  nodes: msg`Nodes`,
  serving: (serving: number) => msg`${{ serving: formatNumber(serving) }} serving`,
  meetings: msg`Meetings`,
  people: msg`People`,
  freeTracks: msg`Free tracks`,
  settings: msg`Settings`,
  settingsFor: (site: string) => msg`Settings for ${{ site }}`,
  find: msg`Find a site`,
  noMatch: msg`No site has this text in its name.`,
  sitesShown: (shown: number, total: number) =>
    msg`${{ shown: formatNumber(shown) }} of ${plural({ total }, { one: '# site', other: '# sites' })}`,
  showMore: msg`Show more`,
  showMoreSites: msg`Show more sites`,
}

export const SITE_TERMS: readonly Term[] = [
  {
    term: text.freeTracks,
    meaning: msg`cameras, microphones and shared screens that still fit, counted once for the sender and once for each receiver.`,
  },
]
