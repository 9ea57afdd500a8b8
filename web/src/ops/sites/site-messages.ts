import type { SiteSettings, SiteView } from '@levee/control-plane/contract'
import { count } from '../nodes/node-status-messages.ts'

/** The first that holds, worst first. */
export type SiteStatus = 'frozen' | 'closed' | 'silent' | 'full' | 'serving' | 'empty'

const NEARLY_FULL = 0.1

export function siteStatus({ nodes, serving, silent, frozen, headroom }: SiteView): SiteStatus {
  if (frozen) return 'frozen'
  if (nodes === 0) return 'empty'
  if (serving === 0) return 'closed'
  if (silent > 0) return 'silent'
  return headroom < NEARLY_FULL ? 'full' : 'serving'
}

export const SITE_LABELS: Record<SiteStatus, { label: string; tone: 'good' | 'warn' | 'bad' | 'calm' }> = {
  frozen: { label: 'Frozen', tone: 'bad' },
  closed: { label: 'Closed', tone: 'bad' },
  silent: { label: 'Nodes silent', tone: 'warn' },
  full: { label: 'Nearly full', tone: 'warn' },
  serving: { label: 'Serving', tone: 'good' },
  empty: { label: 'Empty', tone: 'calm' },
}

/** What is wrong and what follows from it; undefined when nothing is. */
export function troubleWords(site: SiteView): string | undefined {
  const { nodes, silent } = site
  const of = `${silent.toLocaleString()} of ${nodesWord(nodes)}`
  switch (siteStatus(site)) {
    case 'frozen':
      return `${of} went silent together. The fault may lie between them and the control plane, so Levee gives none of them up for now and moves no meeting. Check the network first.`
    case 'closed':
      return silent === nodes
        ? 'No node reports. New meetings cannot start here.'
        : 'No node here takes new meetings.'
    case 'silent':
      return silent === 1
        ? `${of} does not report. Check the machine and its network.`
        : `${of} do not report. Check the machines and their network.`
    case 'full':
      return 'New meetings soon go elsewhere, or are refused.'
    case 'empty':
      return 'No node is enrolled here now.'
    case 'serving':
      return undefined
  }
}

export const nodesWord = (nodes: number) => count(nodes, 'node')
export const servingWords = ({ serving, nodes }: Pick<SiteView, 'serving' | 'nodes'>) =>
  `${serving.toLocaleString()} of ${nodesWord(nodes)} serving`

/** Shares of capacity for a bar. Load is what is neither free nor promised. */
export function sharesOf({ headroom, reservedTracks, capacityTracks }: SiteView) {
  const reserved = capacityTracks > 0 ? Math.min(1 - headroom, reservedTracks / capacityTracks) : 0
  return { headroom, reserved, used: Math.max(0, 1 - headroom - reserved) }
}

/** Settings for whoever only looks. A site may claim a thousand ranges. */
export function settingsWords({ ranges, fallback, boundary, spare }: SiteSettings): [string, string][] {
  const others =
    fallback.length > 0
      ? `Meetings go to ${fallback.join(', then ')}`
      : 'Meetings go to the sites with most headroom'
  return [
    ['Addresses here', rangesWords(ranges)],
    ['When full', boundary === 'hard' ? 'Meetings are refused; they never leave this site' : others],
    ['Kept free', spare === 'largest-node' ? 'As much as the largest node holds' : 'Nothing'],
  ]
}

const RANGES_SHOWN = 4
function rangesWords(ranges: readonly string[]): string {
  if (ranges.length === 0) return 'None set'
  const rest = ranges.length - RANGES_SHOWN
  return `${ranges.slice(0, RANGES_SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
