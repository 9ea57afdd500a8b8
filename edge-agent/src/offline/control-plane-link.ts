import { request, type IncomingMessage } from 'node:http'
import { request as requestSecure } from 'node:https'
import type { Logger } from 'pino'
import {
  DOUBT_AFTER_MS,
  PROBE_EVERY_MS,
  PROBE_JITTER,
  PROBE_TIMEOUT_MS,
  REPORT_FIRST_MS,
} from '../tuning/offline.ts'

/** The line to the control plane, as far as it is known: whole, or cut. */
export type Line = {
  isCut(): boolean
  /** Aborts when the line is found cut; already aborted while it is. */
  signal(): AbortSignal
  /** It was found cut. `why`: for the log, never an address or a body. */
  lost(why: string): void
  /** It was found whole. */
  works(): void
  /** Somebody waits for an answer: should it take long, the control plane is looked at. Returns how to stop waiting. */
  waiting(): () => void
  stop(): void
}

/** One look at the control plane; rejects with the reason when it does not answer as one. */
export type Probe = (signal: AbortSignal) => Promise<void>

/**
 * Cut by the first failure; whole again when a look, each second, or a report of the agent gets through. A question that
 * stays without an answer cuts nothing by itself, for some take long: it makes somebody look.
 */
export function watchLine(options: {
  probe: Probe
  log: Logger
  onChange?: (cut: boolean) => void
  /** A look got through: the agent may report first, which shows that the line works; else it is whole a little later. */
  onFound?: () => void
  random?: () => number
}): Line {
  const { probe, log, onChange = () => {}, onFound = () => {}, random = Math.random } = options
  let up = new AbortController()
  let stopped = false
  let looking = false
  let timer: NodeJS.Timeout | undefined

  const look = async () => {
    if (looking || stopped) return
    looking = true
    let found = true
    try {
      await probe(AbortSignal.timeout(PROBE_TIMEOUT_MS))
    } catch (error) {
      found = false
      line.lost(reasonOf(error))
    }
    looking = false
    if (!line.isCut() || stopped) return
    if (!found) return lookLater()
    clearTimeout(timer)
    timer = setTimeout(() => line.works(), REPORT_FIRST_MS)
    onFound()
  }
  const lookLater = () => {
    clearTimeout(timer)
    if (stopped) return
    const share = 1 + PROBE_JITTER * (2 * random() - 1)
    timer = setTimeout(() => void look(), PROBE_EVERY_MS * share)
  }

  const line: Line = {
    isCut: () => up.signal.aborted,
    signal: () => up.signal,
    lost(why) {
      if (up.signal.aborted || stopped) return
      log.warn({ reason: why }, 'the control plane is not reached: the branch answers by itself')
      up.abort()
      onChange(true)
      lookLater()
    },
    works() {
      if (!up.signal.aborted || stopped) return
      clearTimeout(timer)
      up = new AbortController()
      log.info('the control plane is reached again')
      onChange(false)
    },
    waiting() {
      let next = setTimeout(function again() {
        void look()
        next = setTimeout(again, PROBE_EVERY_MS)
      }, DOUBT_AFTER_MS)
      return () => clearTimeout(next)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
  return line
}

/** GET /livez on a connection of its own. Somebody else’s 200 (a portal’s page, say) is no answer. */
export const livez =
  (url: URL, headers: Record<string, string> = {}): Probe =>
  async (signal) => {
    const ask = url.protocol === 'https:' ? requestSecure : request
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      ask(new URL('livez', url), { agent: false, headers, signal }, resolve).on('error', reject).end()
    })
    let text = ''
    for await (const chunk of response) {
      text += String(chunk)
      if (text.length > 1_000) break
    }
    if (response.statusCode !== 200 || !/^\s*\{\s*"status"\s*:\s*"ok"/.test(text))
      throw new Error(`it answered ${response.statusCode}, not as a control plane`)
  }

/** The system’s own word where there is one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
