import { randomUUID } from 'node:crypto'
import type { Directive } from '@levee/control-plane/contract'
import type { Logger } from 'pino'
import type { ListenerConfig } from '../config.ts'
import type { LivekitRooms } from '../livekit/livekit-rooms.ts'
import type { LivekitReader } from '../livekit/reader.ts'
import type { Readings } from '../readings/readings.ts'
import type { ControlPlane, OfflineRoomsApi, Outcome } from '../reporting/control-plane-client.ts'
import { admission } from './admission.ts'
import { controlPlaneLink } from './control-plane-link.ts'
import { openJournal } from './journal.ts'
import type { AnsweredBy } from './listener/listener.ts'
import { controlPlaneProxy } from './listener/proxy.ts'
import { offlineRooms } from './offline-rooms.ts'
import { livezProbe } from './probe.ts'
import { roomEpochs } from './room-epochs.ts'
import { roomSync } from './sync-rooms.ts'
import type { OwnNode } from './tokens.ts'

/** Marks requests that have passed this agent's listener, so that a loop is detected. */
const LOOP_GUARD_HEADER = 'x-levee-listener'

export type OfflineMode = {
  /** The control plane, with its answers observed: they show whether the link is up, and carry the grant and room orders. */
  observed: ControlPlane
  /** The readings, observed for the admission of joins. */
  measured(readings: Readings): Readings
  /** Remaining validity of the grant in seconds; undefined: there is none, or it has expired. */
  offlineGrantSec(): number | undefined
  listen(config: ListenerConfig): Promise<void>
}

export type OfflineMetrics = {
  linkDown(isDown: boolean): void
  /** undefined: no grant, or one that has expired. */
  offlineGrant(expiresAtMs: number | undefined): void
  answered(by: AnsweredBy): void
}

/**
 * Lets participants of a branch meet while the control plane cannot be reached: the grant, stored in advance; a
 * listener for their browsers; and the reconciliation with the control plane afterwards.
 */
export async function openOfflineMode(options: {
  own: OwnNode
  stateDir: string
  controlPlaneUrl: URL
  controlPlane: ControlPlane & OfflineRoomsApi
  livekit: Pick<LivekitReader, 'rooms'>
  rooms: Pick<LivekitRooms, 'close'>
  joinsPerSec: number | undefined
  /** Requests an immediate report with all rooms. */
  reportNow: () => void
  metrics: OfflineMetrics
  log: Logger
}): Promise<OfflineMode> {
  const { own, controlPlaneUrl, controlPlane, livekit, metrics, log } = options
  const journal = await openJournal({ stateDir: options.stateDir, node: own.node, log })
  const epochs = roomEpochs({
    journal,
    listRooms: async () => (await livekit.rooms()).map(({ name }) => name),
  })
  const admit = admission({ joinsPerSec: options.joinsPerSec })
  const rooms = offlineRooms({ own, journal, epochs, admission: admit, closeRoom: options.rooms.close, log })
  const sync = roomSync({ journal, controlPlane, log })
  const loopGuard = [LOOP_GUARD_HEADER, randomUUID()] as const
  const link = controlPlaneLink({
    probe: livezProbe(controlPlaneUrl, Object.fromEntries([loopGuard])),
    log,
    onChange: metrics.linkDown,
    onProbed: options.reportNow,
  })
  let isListening = false
  metrics.offlineGrant(journal.grant()?.expiresAtMs)

  const observe = <T>(outcome: Outcome<T>): Outcome<T> => {
    if (isListening && outcome.kind === 'ok') link.markUp()
    if (isListening && outcome.kind === 'unreachable') link.markDown(outcome.detail)
    return outcome
  }

  const takeDirective = ({ offlineGrant, moved, drop }: Directive) => {
    if (offlineGrant !== undefined) {
      journal.setGrant(offlineGrant)
      metrics.offlineGrant(journal.grant()?.expiresAtMs)
    }
    epochs.close([...moved, ...drop])
    // Only now does the control plane know where the rooms run: before, it could send joins by link to another node.
    void sync().then((changed) => changed && options.reportNow())
  }

  return {
    observed: {
      enrol: async (node, signal) => observe(await controlPlane.enrol(node, signal)),
      async report(report, signal) {
        const outcome = observe(await controlPlane.report(report, signal))
        if (outcome.kind === 'ok') takeDirective(outcome.value)
        return outcome
      },
    },
    measured: (readings) => ({
      ...readings,
      async take(livekitUp) {
        const reading = await readings.take(livekitUp)
        admit.setReading(reading)
        return reading
      },
    }),
    offlineGrantSec() {
      const grant = journal.grant()
      return grant && Math.floor((grant.expiresAtMs - Date.now()) / 1_000)
    },
    async listen(config) {
      // Loaded only here: an agent without a listener does not need Fastify.
      const { startListener } = await import('./listener/listener.ts')
      const proxy = controlPlaneProxy({ url: controlPlaneUrl, link, loopGuard })
      await startListener({ config, own, link, proxy, rooms, onAnswer: metrics.answered, log })
      isListening = true
      log.info({ host: config.host, port: config.port }, 'the listener for the branch is open')
    },
  }
}
