import type { Logger } from 'pino'
import type { LivekitProcess } from './process.ts'
import { RESTART_AGAIN_MS } from '../tuning/agent.ts'
import { inWords, type WhoIsHere } from './count-people.ts'

export type Restarting = {
  /** Takes the word of a directive: whether LiveKit is to be restarted. */
  take(wanted: boolean): void
  /** It is, and this agent cannot: somebody has to do it by hand. */
  cannot(): boolean
}

/**
 * Restarts LiveKit when the control plane wants it: asks its process to end, once nobody is on it; whoever started it
 * starts it again. Asked for with each directive until the control plane has seen another process, so that a process
 * that has taken its place is left alone.
 */
export function restarting(deps: {
  process: Pick<LivekitProcess, 'locate'>
  livekitDown: () => boolean
  /** Rejects when it cannot be told. */
  whoIsHere: () => Promise<WhoIsHere>
  signal?: (pid: number) => void
  log: Logger
}): Restarting {
  const { log, livekitDown, signal = terminate } = deps
  let asked: { pid: number; atMs: number } | undefined
  let cannot = false
  let told = ''
  let busy = false
  let isWanted = false

  const say = (words: string) => {
    if (words !== told) log.info(`LiveKit is to be restarted: ${words}`)
    told = words
  }
  const giveUp = (why: string) => {
    if (!cannot) log.error(`LiveKit is to be restarted by hand: ${why}`)
    cannot = true
  }

  const step = async () => {
    const people = await deps.whoIsHere()
    if (people.participants > 0) return say(`${inWords(people)} still here`)
    // Looked for anew: a number that was seen long ago may be somebody else's by now.
    const pid = await deps.process.locate()
    if (!isWanted || livekitDown()) return
    if (asked && pid !== asked.pid) return
    if (asked && performance.now() - asked.atMs < RESTART_AGAIN_MS) return
    if (pid === undefined) return giveUp('its process is not seen')
    try {
      signal(pid)
    } catch {
      return giveUp('this agent may not signal its process')
    }
    cannot = false
    asked = { pid, atMs: performance.now() }
    log.info({ pid }, 'LiveKit is asked to end; whoever started it starts it again')
  }

  return {
    take(wanted) {
      isWanted = wanted
      if (!wanted) {
        asked = undefined
        cannot = false
        told = ''
      } else if (!busy) {
        busy = true
        // What could not be told is asked again with the next directive.
        void step()
          .catch(() => {})
          .finally(() => (busy = false))
      }
    },
    cannot: () => cannot,
  }
}

/** As an administrator would. The second one tells LiveKit not to wait for anybody. */
const terminate = (pid: number): void => void process.kill(pid, 'SIGTERM')
