import type { NodeView } from '@levee/control-plane/contract'
import type { NodeVerb } from '../../api/client.ts'

type Status = NodeView['status']
type StatusWords = { label: string; means?: string; tone: 'good' | 'warn' | 'bad' | 'calm' }

/** What a status means for the person who has to decide something. */
export const STATUS_WORDS: Record<Status, StatusWords> = {
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
/** What these say of people is of now. */
export const REPORTS: ReadonlySet<Status> = new Set(['serving', 'cordoned', 'draining'])

/**
 * How far a node is emptied. `moving`: meetings are still placed on it. `following`: all are placed elsewhere, some
 * people have not gone there yet. `empty`: nobody is on it. `silent`: all are placed elsewhere and reports have ended,
 * as they do when it is stopped.
 */
export type DrainPhase = 'moving' | 'following' | 'empty' | 'silent'

/** The agent was told to stop: nobody asked for this here, and nobody here takes it back. */
export const leavesByItself = ({ drain }: Pick<NodeView, 'drain'>) => drain?.roomsAtStart === null

/** Of a node that is being emptied (`phase`) or not; trouble that was not asked for comes first. */
export function statusWords(node: Pick<NodeView, 'status' | 'drain'>, phase?: DrainPhase): StatusWords {
  if (phase === 'silent') return { label: 'Stopped', tone: 'calm' }
  if (phase === undefined || !REPORTS.has(node.status)) return STATUS_WORDS[node.status]
  if (!leavesByItself(node)) return phase === 'empty' ? DRAINED : DRAINING
  return phase === 'empty' ? { label: 'Leaving', tone: 'calm' } : LEAVING
}
const DRAINED: StatusWords = { label: 'Drained', tone: 'good' }
// The progress beside it says what it means.
const DRAINING: StatusWords = { label: STATUS_WORDS.draining.label, tone: STATUS_WORDS.draining.tone }
const LEAVING: StatusWords = {
  label: 'Leaving',
  means: 'The agent was told to stop; its meetings are being moved.',
  tone: 'warn',
}

/** Its turn in the restart of its site. */
export const RESTARTING: StatusWords = {
  label: 'Restarting',
  means: 'It is empty; its LiveKit restarts.',
  tone: 'calm',
}
const HELD: StatusWords = {
  label: 'Out of service',
  means: 'Empty, until its restart goes on.',
  tone: 'warn',
}
/** Where that is stuck. */
export const heldWords = (status: Status): StatusWords => (REPORTS.has(status) ? HELD : STATUS_WORDS[status])

type VerbWords = {
  label: string
  doing: string
  title: (node: string) => string
  /** What will happen, before it is done. */
  says: readonly string[]
  yes: string
}
export const VERB_WORDS: Record<NodeVerb, VerbWords> = {
  cordon: {
    label: 'Cordon',
    doing: 'Cordoning …',
    title: (node) => `Cordon ${node}?`,
    says: [
      'No new meetings will be placed on this node. Running meetings go on, and people can still join them.',
    ],
    yes: 'Cordon node',
  },
  uncordon: {
    label: 'Uncordon',
    doing: 'Uncordoning …',
    title: (node) => `Uncordon ${node}?`,
    says: ['New meetings will be placed on this node again.'],
    yes: 'Uncordon node',
  },
  drain: {
    label: 'Drain',
    doing: 'Starting to drain …',
    title: (node) => `Drain ${node}?`,
    says: [
      'Its meetings move to other nodes while people talk. Nobody has to join again.',
      'New meetings go to other nodes.',
      'When it is empty, it may be stopped. Until then you can take the drain back.',
    ],
    yes: 'Drain node',
  },
}
const TAKE_BACK: VerbWords = {
  label: 'Take drain back',
  doing: 'Taking the drain back …',
  title: (node) => `Take the drain of ${node} back?`,
  says: [
    'New meetings will be placed on this node again. Meetings that have moved stay where they are; the others stay here.',
  ],
  yes: 'Take drain back',
}

export const verbWords = (verb: NodeVerb, { state }: Pick<NodeView, 'state'>): VerbWords =>
  verb === 'uncordon' && state === 'draining' ? TAKE_BACK : VERB_WORDS[verb]

/** Which commands make sense in a state. */
export function verbsFor(node: Pick<NodeView, 'state' | 'drain'>): readonly NodeVerb[] {
  if (node.state === 'draining') return ['uncordon']
  // Whatever is asked of it now, it goes.
  if (leavesByItself(node)) return []
  return node.state === 'serving' ? ['cordon', 'drain'] : ['uncordon', 'drain']
}

export const count = (many: number, one: string, more = `${one}s`) =>
  `${many.toLocaleString()} ${many === 1 ? one : more}`

export const percent = (share: number) => `${Math.round(share * 100)} %`

export function age(ms: number | null): string {
  if (ms === null) return 'never'
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s ago`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s ago`
  return `${Math.round(ms / 60_000)} min ago`
}
