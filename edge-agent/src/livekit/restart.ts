import type { Logger } from 'pino'
import type { LivekitProcess } from './process.ts'
import { RESTART_SIGNAL_AGAIN_AFTER_MS } from '../tuning/livekit.ts'
import { describeOccupancy, type Occupancy } from './occupancy.ts'

export type LivekitRestart = {
  /** Takes `restart` of a directive: whether LiveKit has to be restarted. */
  request(wanted: boolean): void
  /** Whether a restart is wanted that this agent cannot do: then an operator has to. */
  cannot(): boolean
}

/**
 * Restarts LiveKit when the control plane wants it: sends SIGTERM to its process once no participant is left; its
 * supervisor starts it again. Every directive repeats the request until the control plane has seen another process,
 * so a process that has already replaced the old one is not restarted.
 */
export function livekitRestart(deps: {
  process: Pick<LivekitProcess, 'locate'>
  livekitDown: () => boolean
  /** Rejects when the count is not available. */
  countOccupancy: () => Promise<Occupancy>
  signal?: (pid: number) => void
  log: Logger
}): LivekitRestart {
  const { log, livekitDown, signal = terminate } = deps
  let signalled: { pid: number; atMs: number } | undefined
  let cannot = false
  let lastLogged = ''
  let busy = false
  let isWanted = false

  const logOnce = (state: string) => {
    if (state !== lastLogged) log.info(`LiveKit waits for its restart: ${state}`)
    lastLogged = state
  }
  const giveUp = (why: string) => {
    if (!cannot) log.error(`LiveKit has to be restarted by hand: ${why}`)
    cannot = true
  }

  const step = async () => {
    const occupancy = await deps.countOccupancy()
    if (occupancy.participants > 0) return logOnce(`${describeOccupancy(occupancy)} remain`)
    // Located again each time: a process id that was seen long ago may belong to another process now.
    const pid = await deps.process.locate()
    if (!isWanted || livekitDown()) return
    if (signalled && pid !== signalled.pid) return
    if (signalled && performance.now() - signalled.atMs < RESTART_SIGNAL_AGAIN_AFTER_MS) return
    if (pid === undefined) return giveUp('its process is not visible')
    try {
      signal(pid)
    } catch {
      return giveUp('this agent may not signal its process')
    }
    cannot = false
    signalled = { pid, atMs: performance.now() }
    log.info({ pid }, 'sent SIGTERM to LiveKit; its supervisor starts it again')
  }

  return {
    request(wanted) {
      isWanted = wanted
      if (!wanted) {
        signalled = undefined
        cannot = false
        lastLogged = ''
      } else if (!busy) {
        busy = true
        // A failed count is retried with the next directive.
        void step()
          .catch(() => {})
          .finally(() => (busy = false))
      }
    },
    cannot: () => cannot,
  }
}

/** As an administrator would. A second SIGTERM makes LiveKit end without waiting for its participants. */
const terminate = (pid: number): void => void process.kill(pid, 'SIGTERM')
