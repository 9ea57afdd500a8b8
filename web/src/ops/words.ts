import type { NodeView } from '@levee/control-plane/contract'
import type { NodeVerb } from '../control-plane.ts'

type Status = NodeView['status']

/** What a status means for the person who has to decide something. */
export const STATUS_WORDS: Record<
  Status,
  { label: string; means: string; tone: 'good' | 'warn' | 'bad' | 'calm' }
> = {
  starting: { label: 'Starting', means: 'Enrolled, no report yet.', tone: 'calm' },
  serving: { label: 'Serving', means: 'Takes new meetings.', tone: 'good' },
  cordoned: { label: 'Cordoned', means: 'Takes no new meetings; running ones go on.', tone: 'warn' },
  draining: { label: 'Draining', means: 'Takes no new meetings and is being emptied.', tone: 'warn' },
  suspect: { label: 'Suspect', means: 'Reports are late. No new meetings until they come.', tone: 'warn' },
  down: { label: 'Down', means: 'The agent reports, but LiveKit does not run.', tone: 'bad' },
  dead: { label: 'Dead', means: 'No reports. Check the machine and its network.', tone: 'bad' },
}

/** A node that is not there has no headroom, whatever it last reported. */
export const HAS_HEADROOM: ReadonlySet<Status> = new Set(['serving', 'cordoned', 'draining', 'suspect'])

export const VERB_WORDS: Record<NodeVerb, { label: string; doing: string; ask: string; yes: string }> = {
  cordon: {
    label: 'Cordon',
    doing: 'Cordoning …',
    ask: 'No new meetings will be placed on this node. Running meetings go on, and people can still join them.',
    yes: 'Cordon node',
  },
  uncordon: {
    label: 'Uncordon',
    doing: 'Uncordoning …',
    ask: 'New meetings will be placed on this node again.',
    yes: 'Uncordon node',
  },
  drain: {
    label: 'Drain',
    doing: 'Starting to drain …',
    ask: 'No new meetings will be placed on this node, and it is emptied for maintenance. Uncordon it to take it back.',
    yes: 'Drain node',
  },
}

/** Which commands make sense in a state. */
export function verbsFor({ state }: NodeView): readonly NodeVerb[] {
  if (state === 'serving') return ['cordon', 'drain']
  return state === 'cordoned' ? ['uncordon', 'drain'] : ['uncordon']
}

export const percent = (share: number) => `${Math.round(share * 100)} %`

export function age(ms: number | null): string {
  if (ms === null) return 'never'
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s ago`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s ago`
  return `${Math.round(ms / 60_000)} min ago`
}
