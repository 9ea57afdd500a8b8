// Progress of long steps: one line each, with the elapsed seconds.
import { LIVE_PROGRESS_MS, LOGGED_PROGRESS_MS } from './tuning.mjs'

/** “12.3 s” below a minute, then “2 min 5 s”. @param {number} ms */
export function duration(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/**
 * Shows `what` with the elapsed seconds while `work` runs.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @param {string} [expected] how long it may take, shown in brackets until it is done
 * @returns {Promise<T>}
 */
export async function step(what, work, expected) {
  const running = expected ? `${what} (${expected})` : what
  const started = performance.now()
  const live = process.stderr.isTTY
  /** @param {string} mark @param {string} label @param {string} end */
  const show = (mark, label, end) =>
    process.stderr.write(
      `${live ? '\r\x1b[2K' : ''}  ${mark} ${label.padEnd(44)} ${duration(performance.now() - started)}${end}`,
    )
  const timer = setInterval(
    () => show('…', running, live ? '' : '\n'),
    live ? LIVE_PROGRESS_MS : LOGGED_PROGRESS_MS,
  )
  try {
    const result = await work()
    show('✓', what, '\n')
    return result
  } catch (error) {
    show('✗', what, '\n')
    throw error
  } finally {
    clearInterval(timer)
  }
}
