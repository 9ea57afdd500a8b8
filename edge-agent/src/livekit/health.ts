import { connect, type Socket } from 'node:net'
import {
  ALIVE_SILENT_AFTER_MS,
  CONNECT_RETRY_MS,
  CONNECT_SHORT_LIVED_MS,
  CONNECT_SHORT_LIVED_PAUSE_MS,
  CONNECT_TIMEOUT_MS,
  PROBE_EVERY_MS,
  PROBE_STALL_MS,
  PROBE_TIMEOUT_MS,
  PULSE_EVERY_MS,
  SILENT_AFTER_MS,
  STILL_AFTER_MS,
} from '../tuning/agent.ts'
import { freshGet } from './fresh-get.ts'
import type { LivekitProcess } from './process.ts'

/** `exited`: nobody listens on the port. `silent`: the port takes connections but nothing answers. */
export type LivekitState = { up: true } | { up: false; why: 'exited' | 'silent' }

/** One word for a log line or a label. */
export const word = (state: LivekitState): 'up' | 'exited' | 'silent' => (state.up ? 'up' : state.why)

export type LivekitWatch = {
  /** Latest verdict; undefined until the first one (at most 2 s after the start). */
  state(): LivekitState | undefined
  /** Resolves with the first verdict. */
  settled: Promise<void>
  stop(): void
}

/**
 * Sees LiveKit exit, hang and return.
 *
 * Exit: an idle TCP connection ends the moment the process is gone; if nobody answers the next knock, it exited.
 * Hang: the kernel still takes connections for a stopped process, so HTTP questions on fresh connections decide. One
 * that waits is enough when the process itself keeps still meanwhile. When it is seen at work LiveKit has 5 s; when it
 * cannot be seen, 2 s.
 * Return: any HTTP answer is a sign of life, whatever its status. It must pass the self-test as well: after a hang, and when
 * it was started anew, for it may be another version or have other settings.
 */
export function watchLivekit(options: {
  url: URL
  process: Omit<LivekitProcess, 'locate'>
  selfTest: () => Promise<void>
  onChange: (state: LivekitState) => void
  onSelfTestFailed: (error: unknown) => void
}): LivekitWatch {
  const { url, process, selfTest, onChange, onSelfTestFailed } = options
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const stopping = new AbortController()
  const timers = new Set<NodeJS.Timeout>()
  let socket: Socket | undefined
  let connected: boolean | undefined
  let answering: boolean | undefined
  /** Rises when LiveKit exits; answers and silences of an earlier process do not count. */
  let generation = 0
  let heardAtMs = performance.now()
  let verdict: LivekitState | undefined
  let settle = () => {}
  const settled = new Promise<void>((resolve) => (settle = resolve))

  const after = (ms: number, then: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      then()
    }, ms)
    timers.add(timer)
  }

  const judge = () => {
    let next: LivekitState | undefined
    if (connected === false) next = { up: false, why: 'exited' }
    else if (answering === false) next = { up: false, why: 'silent' }
    else if (connected && answering) next = { up: true }
    if (!next || stopping.signal.aborted) return
    if (verdict && word(verdict) === word(next)) return
    verdict = next
    // It listens on all its ports by now, and may be another process than before. The news goes first.
    if (next.up) after(PULSE_EVERY_MS, () => void process.find())
    settle()
    onChange(next)
  }

  const hold = () => {
    if (stopping.signal.aborted) return
    let openedAtMs = Number.NaN
    let over = false
    socket = connect({ host, port })
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket?.destroy())
    socket.once('connect', () => {
      openedAtMs = performance.now()
      socket?.setTimeout(0)
      if (connected !== true) heardAtMs = openedAtMs
      connected = true
      judge()
      if (!answering) void probe()
    })
    socket.on('error', () => {})
    socket.resume()
    socket.once('close', () => {
      if (over || stopping.signal.aborted) return
      over = true
      if (Number.isNaN(openedAtMs)) {
        if (connected !== false) {
          generation += 1
          answering = undefined
        }
        connected = false
        judge()
        after(CONNECT_RETRY_MS, hold)
      } else if (performance.now() - openedAtMs < CONNECT_SHORT_LIVED_MS) {
        after(CONNECT_SHORT_LIVED_PAUSE_MS, hold)
      } else hold()
    })
  }

  let askedAtMs: number | undefined
  const probe = async () => {
    if (askedAtMs !== undefined) return
    const mine = generation
    const startedAtMs = performance.now()
    askedAtMs = startedAtMs
    process.attend()
    let heard = false
    try {
      await freshGet(url, {}, PROBE_TIMEOUT_MS, stopping.signal)
      heard = true
    } catch {
      // Judged below by the time that has passed without an answer.
    }
    if (heard && (answering === false || verdict?.up === false)) heard = await passes()
    askedAtMs = undefined
    if (mine !== generation || stopping.signal.aborted) return
    const nowMs = performance.now()
    const tookMs = Math.ceil(nowMs - startedAtMs)
    if (heard) {
      heardAtMs = nowMs
      answering = true
    } else if (tookMs > PROBE_TIMEOUT_MS + PROBE_STALL_MS) {
      heardAtMs = nowMs
    } else if (process.isAlive() && nowMs - heardAtMs < ALIVE_SILENT_AFTER_MS) {
      // At work, or waiting for a CPU: slow is not dead, and to move its meetings would make it slower still.
    } else if (tookMs >= PROBE_TIMEOUT_MS || nowMs - heardAtMs >= SILENT_AFTER_MS) {
      answering = false
    }
    judge()
  }
  const passes = () =>
    selfTest().then(
      () => true,
      (error: unknown) => {
        onSelfTestFailed(error)
        return false
      },
    )
  const ticking = setInterval(() => {
    if (connected) void probe()
  }, PROBE_EVERY_MS)

  let lookedAtMs = performance.now()
  const look = () => {
    const nowMs = performance.now()
    const heldUp = nowMs - lookedAtMs > PULSE_EVERY_MS + PROBE_STALL_MS
    lookedAtMs = nowMs
    if (!connected || answering === false) return
    // Our own standstill is none of LiveKit's.
    if (heldUp) process.attend()
    if (askedAtMs === undefined) {
      if (!process.isStopped()) return
      void probe()
    }
    const waitedMs = nowMs - (askedAtMs ?? nowMs)
    if (waitedMs < PULSE_EVERY_MS && !process.isStopped()) return
    if (Math.min(process.stillMs(), waitedMs) < STILL_AFTER_MS) return
    answering = false
    judge()
  }
  const looking = setInterval(look, PULSE_EVERY_MS)

  hold()
  return {
    state: () => verdict,
    settled,
    stop() {
      stopping.abort()
      clearInterval(ticking)
      clearInterval(looking)
      for (const timer of timers) clearTimeout(timer)
      socket?.destroy()
    },
  }
}
