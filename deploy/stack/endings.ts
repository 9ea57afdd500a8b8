// When to stop: a signal, or the end of the process that started us.

/** The terminal and npm both pass Ctrl-C on: what comes this close together is one press. */
const SAME_PRESS_MS = 400

export interface Endings {
  /** Called once. */
  stop: (why: 'signal' | 'parent gone') => void
  /** Called when somebody insists. */
  kill: () => void
}

export function onEnding({ stop, kill }: Endings): void {
  let first: number | undefined
  const end = (why: 'signal' | 'parent gone') => {
    const now = performance.now()
    if (first === undefined) {
      first = now
      stop(why)
    } else if (now - first > SAME_PRESS_MS) kill()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end('signal'))
  if (process.channel) {
    process.on('disconnect', () => end('parent gone'))
    process.channel.unref()
  }
}
