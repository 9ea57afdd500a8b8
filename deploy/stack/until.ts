// Waits for a condition instead of a fixed time.

export interface UntilOptions {
  /** Completes the sentence “… did not happen in 20 s”. */
  what: string
  timeoutMs?: number
  everyMs?: number
  signal?: AbortSignal
}

/** The type without its falsy values. */
type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>

/**
 * Polls `condition` until it returns a truthy value, and returns that. If it throws, it is called again; the error on the
 * timeout contains the last exception.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = 20_000, everyMs = 25, signal }: UntilOptions,
): Promise<Truthy<T>> {
  const deadline = performance.now() + timeoutMs
  let last: unknown
  for (;;) {
    signal?.throwIfAborted()
    try {
      const value = await condition()
      if (value) return value as Truthy<T>
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) {
      const why = last instanceof Error ? `: ${last.message}` : ''
      throw new Error(`${what} did not happen in ${timeoutMs / 1000} s${why}`, { cause: last })
    }
    await pause(everyMs, signal)
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done, { once: true })
  })
}

/** True when `url` answers 2xx within a second. Throws when there is no answer. */
export async function answers(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  const reply = await fetch(url, { headers, signal: AbortSignal.timeout(1_000) })
  await reply.arrayBuffer()
  return reply.ok
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
