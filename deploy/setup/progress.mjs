// Progress of long steps: one line each, with the elapsed seconds.
import { LIVE_PROGRESS_MS, LOGGED_PROGRESS_MS } from './tuning.mjs'

/** @param {number} startedMs */
const seconds = (startedMs) => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`

/**
 * Shows `what` with the elapsed seconds while `work` runs.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const started = performance.now()
  const live = process.stderr.isTTY
  /** @param {string} mark @param {string} end */
  const show = (mark, end) =>
    process.stderr.write(`${live ? '\r\x1b[2K' : ''}  ${mark} ${what.padEnd(44)} ${seconds(started)}${end}`)
  const timer = setInterval(
    () => (live ? show('…', '') : show('…', '\n')),
    live ? LIVE_PROGRESS_MS : LOGGED_PROGRESS_MS,
  )
  try {
    const result = await work()
    show('✓', '\n')
    return result
  } catch (error) {
    show('✗', '\n')
    throw error
  } finally {
    clearInterval(timer)
  }
}
