import type { SiteSettings } from '@levee/control-plane/contract'
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/runtime-macro'
import { formatList } from '../../../i18n/format.ts'
import { SHOWN_RANGES } from '../../tuning.ts'

export type Field = keyof SiteSettings
type OfflinePolicy = NonNullable<SiteSettings['offline']>
type OptionMessages = { label: MessageDescriptor; hint?: MessageDescriptor }

export const text = {
  title: (site: string) => msg`Settings for ${{ site }}`,
  ranges: msg`Addresses of people at this site`,
  rangesHint: msg`One range per line, such as 10.2.0.0/16 or 2001:db8::/32. Meetings started from these addresses run here.`,
  whenFull: msg`When this site is full`,
  fallback: msg`Other sites, in this order`,
  fallbackHint: msg`One site per line. Leave it empty to use the sites with the most headroom.`,
  unknownSites: (sites: readonly string[]) =>
    msg`Not known yet: ${{ sites: formatList(sites) }}. Check the spelling.`,
  reserve: msg`Reserved capacity`,
  offline: msg`When this site loses contact with the control plane`,
  save: msg`Save`,
  saving: msg`Saving…`,
  cancel: msg`Cancel`,
}

export const BOUNDARY: Record<SiteSettings['boundary'], OptionMessages> = {
  soft: { label: msg`Its meetings go to other sites` },
  hard: { label: msg`Its meetings are refused`, hint: msg`They never run at another site.` },
}

export const SPARE: OptionMessages = {
  label: msg`Keep enough free to lose the largest node`,
  hint: msg`If a node fails, the others have room for its meetings.`,
}

/** One of the site's agents needs an open listener (LEVEE_LISTENER_PORT), otherwise no one reaches the nodes. */
export const OFFLINE: Record<OfflinePolicy, OptionMessages> = {
  off: {
    label: msg`Running meetings continue`,
    hint: msg`No one else can join until the connection is back.`,
  },
  join: {
    label: msg`People at this site can join meetings`,
    hint: msg`With their link, on the nodes of this site.`,
  },
  start: { label: msg`People at this site can join and start meetings` },
}

/** What is wrong with one entry of a list, with the whole field, or with a site that names itself. */
export function fieldProblem(
  field: Field | 'other',
  problem: { entry: string } | 'whole' | 'itself',
): MessageDescriptor {
  if (problem === 'itself') return msg`A site can’t be its own fallback.`
  if (problem === 'whole') {
    if (field === 'ranges' || field === 'fallback') return msg`That’s too many entries.`
    return msg`The control plane didn’t accept these settings.`
  }
  const { entry } = problem
  if (field === 'ranges') return msg`“${{ entry }}” isn’t an address range such as 10.2.0.0/16.`
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(entry)
    ? msg`“${{ entry }}” is too long for a site name.`
    : msg`“${{ entry }}” isn’t a site name: use lower-case letters and digits, with hyphens between them.`
}

/** The settings for reading, as pairs of a term and its value. */
export function settingsInWords(
  { ranges, fallback, boundary, spare, offline = 'off' }: SiteSettings,
  t: (message: MessageDescriptor) => string,
): [term: string, value: string][] {
  return [
    [t(msg`Addresses`), rangesInWords(ranges, t)],
    [
      t(msg`When full`),
      boundary === 'hard'
        ? t(msg`Its meetings are refused; they never run at another site`)
        : fallbackInWords(fallback, t),
    ],
    [t(text.reserve), t(spare === 'largest-node' ? msg`Enough to lose the largest node` : msg`None`)],
    [t(msg`When disconnected`), t(OFFLINE[offline].label)],
  ]
}

type Translate = Parameters<typeof settingsInWords>[1]

function fallbackInWords(fallback: readonly string[], t: Translate): string {
  if (fallback.length === 0) return t(msg`Its meetings go to the sites with the most headroom`)
  const order = fallback.reduce((sites, next) => t(msg`${{ sites }}, then ${{ next }}`))
  return t(msg`Its meetings go to ${{ order }}`)
}

function rangesInWords(ranges: readonly string[], t: Translate): string {
  if (ranges.length === 0) return t(msg`None set`)
  const more = ranges.length - SHOWN_RANGES
  return formatList([...ranges.slice(0, SHOWN_RANGES), ...(more > 0 ? [t(msg`${{ more }} more`)] : [])])
}
