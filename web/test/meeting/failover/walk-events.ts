// Random events for the failover's reducer, likely and unlikely ones.
import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Random } from '../../../../deploy/stack/seeded-random.ts'
import type { RefusalCode } from '../../../src/api/client.ts'
import type { LinkSignal } from '../../../src/meeting/connections/link-signal.ts'
import type { HandoverFacts, NewEvent } from '../../../src/meeting/failover/machine/events.ts'
import { activeOf, standbyOf, type FailoverState } from '../../../src/meeting/failover/machine/state.ts'
import { answerOf, standbyOf as standbyAt } from '../fake-room.ts'

const SIGNALS: readonly (readonly [LinkSignal, number])[] = [
  ['connected', 8],
  ['recovered', 4],
  ['failed', 1],
  ['socket-closed', 2],
  ['signal-lost', 2],
  ['media-lost', 2],
  ['disconnected', 1],
]
const REFUSALS: readonly RefusalCode[] = ['no_node', 'fleet_full', 'unreachable', 'store_unavailable']
const OFFLINE = 2_800_000_000

/** An answer as the control plane may give it: the same node, its standby, another one, or an outdated one. */
function randomAnswer(random: Random, state: FailoverState): JoinAnswer {
  const active = activeOf(state)?.epoch ?? 1
  const standby = standbyOf(state)?.epoch ?? active + 1
  const epoch = random.weighted([
    [active, 6],
    [standby, 3],
    [active + 1 + random.below(3), 3],
    [Math.max(1, active - 1), 1],
    [OFFLINE + random.below(3), 0.3],
    [1 + random.below(9), 0.3],
  ])
  const wanted = random.weighted([
    [undefined, 3],
    [standby > epoch ? standby : epoch + 1, 4],
    [epoch + 1 + random.below(3), 2],
  ])
  return answerOf(epoch, wanted === undefined ? {} : { standby: standbyAt(wanted, random.chance(0.3)) })
}

function randomSample(random: Random, { connections }: FailoverState): NewEvent {
  const arrivals = connections
    .filter(() => random.chance(0.7))
    .map(({ id }) => [id, { quietForMs: random.below(1_500), several: random.chance(0.7) }] as const)
  return {
    type: 'media-sampled',
    changed: random.chance(0.3),
    arrivals: new Map(arrivals),
    split: random.chance(0.3),
  }
}

function randomHandover(random: Random, { connections }: FailoverState): NewEvent {
  const facts = new Map<number, HandoverFacts>()
  for (const { id } of connections) facts.set(id, { missing: random.below(2), tracksShown: random.below(2) })
  return { type: 'handover-due', facts, allSettled: random.chance(0.5) }
}

/** Any event, also for connections that never existed. */
export function randomEvent(random: Random, state: FailoverState): NewEvent {
  // Ids count up from 1.
  const id = random.chance(0.9)
    ? random.pick([...state.connections, { id: 1 }]).id
    : 1 + random.below(state.nextId + 2)
  return random.weighted<() => NewEvent>([
    [() => ({ type: 'link-signal', id, signal: random.weighted(SIGNALS) }), 12],
    [() => randomSample(random, state), 6],
    [() => ({ type: 'rejoin-answered', answer: randomAnswer(random, state) }), 5],
    [() => randomHandover(random, state), 4],
    [() => ({ type: 'standby-due' }), 4],
    [() => ({ type: 'rejoin-refused', refusal: { code: random.pick(REFUSALS) }, retryable: true }), 2],
    [() => ({ type: 'signal-connected', id }), 1],
    [() => ({ type: 'node-message', id, ask: random.below(9), staggerMs: random.below(2_000) }), 1],
    [() => ({ type: 'node-answers' }), 1],
    [() => ({ type: 'node-unreachable', id }), 1],
    [() => ({ type: 'token-refreshed', id, token: { token: 'new', validUntilMs: 2_000_000 } }), 1],
    [() => ({ type: 'picture-shown' }), 1],
    [() => ({ type: 'page-resumed' }), 0.5],
    [() => ({ type: 'begin', answer: answerOf(1 + random.below(5)) }), 0.3],
    [() => ({ type: 'evicted', id, why: 'elsewhere' }), 0.2],
    [() => ({ type: 'rejoin-refused', refusal: { code: 'rejoin_refused' }, retryable: false }), 0.1],
    [() => ({ type: 'rejoin-refused', refusal: { code: 'room_not_found' }, retryable: false }), 0.05],
    [() => ({ type: 'leave', why: 'left' }), 0.05],
  ])()
}
