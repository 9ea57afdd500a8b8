import { connect, type Socket } from 'node:net'
import {
  CONNECT_RETRY_MS,
  CONNECT_SHORT_LIVED_MS,
  CONNECT_SHORT_LIVED_PAUSE_MS,
  CONNECT_TIMEOUT_MS,
  PROBE_EVERY_MS,
  PROBE_STALL_MS,
  PROBE_TIMEOUT_MS,
  SILENT_AFTER_MS,
} from '../tuning.ts'

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
 * Hang: the kernel still takes connections for a stopped process, so an HTTP question with a time-out decides.
 * Any HTTP answer is a sign of life, whatever its status.
 */
export function watchLivekit(url: URL, onChange: (state: LivekitState) => void): LivekitWatch {
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

  let probing = false
  const probe = async () => {
    if (probing) return
    probing = true
    const mine = generation
    const startedAtMs = performance.now()
    let heard = false
    try {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)])
      const response = await fetch(url, { signal, redirect: 'manual' })
      await response.arrayBuffer()
      heard = true
    } catch {
      // Judged below by the time that has passed without an answer.
    }
    probing = false
    if (mine !== generation || stopping.signal.aborted) return
    const nowMs = performance.now()
    const tookMs = nowMs - startedAtMs
    if (heard) {
      heardAtMs = nowMs
      answering = true
    } else if (tookMs > PROBE_TIMEOUT_MS + PROBE_STALL_MS) {
      heardAtMs = nowMs
    } else if (tookMs >= PROBE_TIMEOUT_MS || nowMs - heardAtMs >= SILENT_AFTER_MS) {
      answering = false
    }
    judge()
  }
  const ticking = setInterval(() => {
    if (connected) void probe()
  }, PROBE_EVERY_MS)

  hold()
  return {
    state: () => verdict,
    settled,
    stop() {
      stopping.abort()
      clearInterval(ticking)
      for (const timer of timers) clearTimeout(timer)
      socket?.destroy()
    },
  }
}
