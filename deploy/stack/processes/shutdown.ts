// When a command has to stop: on a signal, or when the process that started it has ended.
import { SAME_KEY_PRESS_MS } from '../../setup/tuning.mjs'

export interface ShutdownHandlers {
  /** Called once. */
  stop: (why: 'signal' | 'parent gone') => void
  /** Called for a second Ctrl-C. */
  kill: () => void
}

export function onShutdown({ stop, kill }: ShutdownHandlers): void {
  let firstMs: number | undefined
  const end = (why: 'signal' | 'parent gone') => {
    const nowMs = performance.now()
    if (firstMs === undefined) {
      firstMs = nowMs
      stop(why)
    } else if (nowMs - firstMs > SAME_KEY_PRESS_MS) kill()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end('signal'))
  if (process.channel) {
    process.on('disconnect', () => end('parent gone'))
    process.channel.unref()
  }
}
