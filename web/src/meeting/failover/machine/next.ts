import type { Effect, EventOf, FailoverEvent } from './events.ts'
import type { FailoverState } from './state.ts'
import { Transition } from './transition.ts'
import { EVENT_RULES } from './transitions.ts'

/**
 * The failover as a pure function: the state after an event and the effects to carry out, in order. It has no clock
 * and no random source; the time comes with the event. After the end every event is ignored.
 */
export function next(
  state: FailoverState,
  event: FailoverEvent,
): { state: FailoverState; effects: readonly Effect[] } {
  if (state.phase === 'ended') return { state, effects: [] }
  const transition = new Transition(state, event.nowMs)
  run(transition, event)
  return { state: transition.state, effects: transition.effects }
}

function run<T extends FailoverEvent['type']>(t: Transition, event: EventOf<T>): void {
  const rule = EVENT_RULES[event.type].find(({ guard }) => !guard || guard(t, event))
  for (const act of rule?.actions ?? []) act(t, event)
}
