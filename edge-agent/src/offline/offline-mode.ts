import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Adopter, ControlPlane, Outcome } from '../reporting/control-plane-client.ts'
import type { LivekitRooms } from '../livekit/livekit-rooms.ts'
import type { AgentMetrics } from '../metrics.ts'
import type { LivekitReader } from '../livekit/reader.ts'
import type { Readings } from '../readings/readings.ts'
import { admission } from './admission.ts'
import { openBook } from './journal.ts'
import type { DoorConfig } from './listener.ts'
import { forwarder } from './proxy.ts'
import { livez, watchLine } from './control-plane-link.ts'
import { aloneNames } from './room-epochs.ts'
import { aloneRooms } from './offline-rooms.ts'
import type { OwnNode } from './tokens.ts'
import { tellMade } from './sync-rooms.ts'

export type Branch = {
  /** The same control plane: what its answers say of the line, the rules and rooms is taken note of. */
  heard: ControlPlane
  /** The same readings: the door goes by the load they tell. */
  measured(readings: Readings): Readings
  /** Seconds for which the rules still hold; undefined: there are none, or they are over. */
  offlineGrantSec(): number | undefined
  open(door: DoorConfig): Promise<void>
}

/**
 * What lets the people of a branch meet while the line to the control plane is cut: its rules, kept beforehand; a door
 * for its people; and the way back, when both sides are made to agree.
 */
export async function openBranch(options: {
  own: OwnNode
  stateDir: string
  controlPlaneUrl: URL
  controlPlane: ControlPlane & Adopter
  livekit: Pick<LivekitReader, 'rooms'>
  rooms: Pick<LivekitRooms, 'close'>
  joinsPerSec: number | undefined
  /** A whole report is wanted out of turn. */
  urge: () => void
  metrics: Pick<AgentMetrics, 'line' | 'answered' | 'aloneRules'>
  log: Logger
}): Promise<Branch> {
  const { own, controlPlaneUrl, controlPlane, livekit, metrics, log } = options
  const book = await openBook({ stateDir: options.stateDir, node: own.node, log })
  const names = aloneNames({ book, listRooms: async () => (await livekit.rooms()).map(({ name }) => name) })
  const admit = admission({ joinsPerSec: options.joinsPerSec })
  const rooms = aloneRooms({ own, book, names, admission: admit, closeRoom: options.rooms.close, log })
  const tell = tellMade({ book, controlPlane, log })
  const loopGuard = ['x-levee-door', randomUUID()] as const
  const line = watchLine({
    probe: livez(controlPlaneUrl, Object.fromEntries([loopGuard])),
    log,
    onChange: metrics.line,
    onFound: options.urge,
  })
  let isOpen = false
  metrics.aloneRules(book.rules()?.expiresAtMs)

  const note = (outcome: Outcome<unknown>) => {
    if (!isOpen) return
    if (outcome.kind === 'ok') line.works()
    if (outcome.kind === 'unreachable') line.lost(outcome.detail)
  }

  return {
    heard: {
      async enrol(node, signal) {
        const outcome = await controlPlane.enrol(node, signal)
        note(outcome)
        return outcome
      },
      async report(report, signal) {
        const outcome = await controlPlane.report(report, signal)
        note(outcome)
        if (outcome.kind !== 'ok') return outcome
        const { offlineGrant, moved, drop } = outcome.value
        if (offlineGrant !== undefined) {
          book.setRules(offlineGrant)
          metrics.aloneRules(book.rules()?.expiresAtMs)
        }
        names.over([...moved, ...drop])
        // Where they run is known by now: told first, people who come by the link could be sent elsewhere.
        void tell().then((told) => told && options.urge())
        return outcome
      },
    },
    measured: (readings) => ({
      ...readings,
      async take(livekitUp) {
        const reading = await readings.take(livekitUp)
        admit.measured(reading)
        return reading
      },
    }),
    offlineGrantSec() {
      const rules = book.rules()
      return rules && Math.floor((rules.expiresAtMs - Date.now()) / 1_000)
    },
    async open(config) {
      // An agent without a door does without what serves it.
      const { openDoor } = await import('./listener.ts')
      const forward = forwarder({ url: controlPlaneUrl, line, loopGuard })
      await openDoor({ config, own, line, forward, rooms, onAnswer: metrics.answered, log })
      isOpen = true
      log.info({ host: config.host, port: config.port }, 'the door of the branch is open')
    },
  }
}
