import {
  AGENT_STALL_MS,
  ALIVE_SILENT_AFTER_MS,
  HEALTH_PROBE_EVERY_MS,
  HEALTH_PROBE_TIMEOUT_MS,
  PROCESS_IDLE_AFTER_MS,
  PROCESS_SAMPLE_EVERY_MS,
  SILENT_AFTER_MS,
} from '../tuning/livekit.ts'
import { holdConnection } from './connection.ts'
import { freshGet } from './fresh-get.ts'
import type { LivekitProcess } from './process.ts'

/** `exited`: nothing listens on the port. `silent`: the port accepts connections but does not answer. */
export type LivekitState = { up: true } | { up: false; why: 'exited' | 'silent' }

/** The state as one word, for a log line or a label. */
export const stateName = (state: LivekitState): 'up' | 'exited' | 'silent' => (state.up ? 'up' : state.why)

export type LivekitHealth = {
  /** Latest verdict; undefined until the first one (at most 2 s after the start). */
  state(): LivekitState | undefined
  /** Resolves with the first verdict. */
  settled: Promise<void>
  stop(): void
}

/**
 * Detects when LiveKit exits, hangs and comes back.
 *
 * Exit: an idle TCP connection ends the moment the process is gone; if the reconnect is refused, LiveKit exited.
 * Hang: the kernel still accepts connections for a stopped process, so HTTP probes on fresh connections decide. One
 * unanswered probe is enough if the process is idle meanwhile. If the process is active LiveKit has 5 s; if it is not
 * visible, 2 s.
 * Return: any HTTP answer is a sign of life, whatever its status. After a hang or a restart it must also pass the
 * self-test, because it may be another version or have other settings.
 */
export function watchLivekit(options: {
  url: URL
  process: Omit<LivekitProcess, 'locate'>
  selfTest: () => Promise<void>
  onChange: (state: LivekitState) => void
  onSelfTestFailed: (error: unknown) => void
}): LivekitHealth {
  const { url, process, selfTest, onChange, onSelfTestFailed } = options
  const stopping = new AbortController()
  let connected: boolean | undefined
  let answering: boolean | undefined
  /** Rises when LiveKit exits; answers and timeouts of an earlier process are ignored. */
  let generation = 0
  let lastAnswerAtMs = performance.now()
  let verdict: LivekitState | undefined
  let findTimer: NodeJS.Timeout | undefined
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>()

  const judge = () => {
    let next: LivekitState | undefined
    if (connected === false) next = { up: false, why: 'exited' }
    else if (answering === false) next = { up: false, why: 'silent' }
    else if (connected && answering) next = { up: true }
    if (!next || stopping.signal.aborted) return
    if (verdict && stateName(verdict) === stateName(next)) return
    verdict = next
    // By now LiveKit listens on all its ports, and it may be a new process. The search must not delay the verdict.
    if (next.up) findTimer = setTimeout(() => void process.find(), PROCESS_SAMPLE_EVERY_MS)
    settle()
    onChange(next)
  }

  let probeSentAtMs: number | undefined
  const probe = async () => {
    if (probeSentAtMs !== undefined) return
    const ownGeneration = generation
    const startedAtMs = performance.now()
    probeSentAtMs = startedAtMs
    process.startWatch()
    let answered = false
    try {
      await freshGet(url, {}, HEALTH_PROBE_TIMEOUT_MS, stopping.signal)
      answered = true
    } catch {
      // Judged below by the time that has passed without an answer.
    }
    if (answered && (answering === false || verdict?.up === false)) answered = await passesSelfTest()
    probeSentAtMs = undefined
    if (ownGeneration !== generation || stopping.signal.aborted) return
    const nowMs = performance.now()
    const tookMs = Math.ceil(nowMs - startedAtMs)
    if (answered) {
      lastAnswerAtMs = nowMs
      answering = true
    } else if (tookMs > HEALTH_PROBE_TIMEOUT_MS + AGENT_STALL_MS) {
      lastAnswerAtMs = nowMs
    } else if (process.wasActive() && nowMs - lastAnswerAtMs < ALIVE_SILENT_AFTER_MS) {
      // It works or waits for a CPU: a slow LiveKit is not down, and moving its meetings would make it slower still.
    } else if (tookMs >= HEALTH_PROBE_TIMEOUT_MS || nowMs - lastAnswerAtMs >= SILENT_AFTER_MS) {
      answering = false
    }
    judge()
  }
  const passesSelfTest = () =>
    selfTest().then(
      () => true,
      (error: unknown) => {
        onSelfTestFailed(error)
        return false
      },
    )
  const probing = setInterval(() => {
    if (connected) void probe()
  }, HEALTH_PROBE_EVERY_MS)

  let sampledAtMs = performance.now()
  const sample = () => {
    const nowMs = performance.now()
    const stalled = nowMs - sampledAtMs > PROCESS_SAMPLE_EVERY_MS + AGENT_STALL_MS
    sampledAtMs = nowMs
    if (!connected || answering === false) return
    // A stall of the agent says nothing about LiveKit.
    if (stalled) process.startWatch()
    if (probeSentAtMs === undefined) {
      if (!process.isStopped()) return
      void probe()
    }
    const waitedMs = nowMs - (probeSentAtMs ?? nowMs)
    if (waitedMs < PROCESS_SAMPLE_EVERY_MS && !process.isStopped()) return
    if (Math.min(process.idleMs(), waitedMs) < PROCESS_IDLE_AFTER_MS) return
    answering = false
    judge()
  }
  const sampling = setInterval(sample, PROCESS_SAMPLE_EVERY_MS)

  const connection = holdConnection({
    url,
    onOpen() {
      if (connected !== true) lastAnswerAtMs = performance.now()
      connected = true
      judge()
      if (!answering) void probe()
    },
    onRefused() {
      if (connected !== false) {
        generation += 1
        answering = undefined
      }
      connected = false
      judge()
    },
  })
  return {
    state: () => verdict,
    settled,
    stop() {
      stopping.abort()
      clearInterval(probing)
      clearInterval(sampling)
      clearTimeout(findTimer)
      connection.stop()
    },
  }
}
