import type { Directive } from '@levee/control-plane/contract'
import type { Logger } from 'pino'
import type { LivekitRestart } from '../livekit/restart.ts'
import type { RoomOrders } from './room-orders.ts'

/**
 * Applies a directive: logs a change of the node's state and sets its metric, carries out room orders, restarts
 * LiveKit.
 */
export function directiveApplier(deps: {
  orders: RoomOrders
  restart: Pick<LivekitRestart, 'request'>
  onState: (state: Directive['state']) => void
  log: Logger
}): (directive: Directive) => void {
  const { orders, restart, onState, log } = deps
  let state: Directive['state'] | undefined
  return (directive) => {
    if (directive.state !== state) {
      log.info({ from: state, to: directive.state }, `the node is ${directive.state}`)
      state = directive.state
      onState(state)
    }
    orders.take(directive)
    restart.request(directive.restart === true)
  }
}
