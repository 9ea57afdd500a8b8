// Long steps, told to a person: what runs, for how long, and on failure the last lines and what to do.
import { spawn } from 'node:child_process'

const TICK_MS = 1_000
/** Without a terminal (CI) a long step still gives a sign of life, rarely. */
const QUIET_TICK_MS = 20_000
const TAIL_LINES = 15
/** Where a tool was inside itself helps nobody who waits for it. */
const STACK_LINE = /^\s+at .*[(/:]/

/** A fault that a person can mend: printed as its sentence, without a stack. */
export class Trouble extends Error {
  /** @param {string} sentence @param {string} [detail] last lines of output, shown above the sentence */
  constructor(sentence, detail = '') {
    super(sentence)
    this.detail = detail
  }
}

/** @param {unknown} error */
export function tellTrouble(error) {
  const known = error instanceof Trouble ? undefined : explain(String(error))
  const { message, detail } =
    error instanceof Trouble ? error : { message: known, detail: known && String(error) }
  if (message === undefined) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  else process.stderr.write(`${detail ? `${detail.replace(/^/gm, '  │ ')}\n` : ''}  ✗ ${message}\n`)
}

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
  const timer = setInterval(() => (live ? show('…', '') : show('…', '\n')), live ? TICK_MS : QUIET_TICK_MS)
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

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/** Asks everything that `run` started to end. SIGINT: builders clean up behind themselves then. */
export function interruptRuns() {
  for (const child of running) child.kill('SIGINT')
}
process.on('exit', interruptRuns)

/**
 * Runs a command to its end and returns what it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, advice: string, lines?: number }} options
 *   `advice`: what to do when it fails; `lines`: how much of its output to show then
 * @returns {Promise<string>}
 */
export function run(command, args, { cwd, env = process.env, advice, lines = TAIL_LINES }) {
  return new Promise((resolve, reject) => {
    // English, so that `explain` knows what it reads.
    const plain = { ...env, LC_ALL: 'C.UTF-8', NO_COLOR: '1', FORCE_COLOR: undefined }
    const child = spawn(command, args, { cwd, env: plain, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    let output = ''
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-200_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => {
      running.delete(child)
      reject(new Trouble(explain(String(error)) ?? advice, error.message))
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      if (code === 0) return resolve(output)
      const told = output.split('\n').filter((line) => line.trim() && !STACK_LINE.test(line))
      const tail = told.slice(-lines).join('\n')
      reject(new Trouble(explain(output) ?? advice, tail || `${command} ended with ${signal ?? code}`))
    })
  })
}

/**
 * Faults that look the same whatever tool met them.
 * @param {string} output
 */
export function explain(output) {
  if (/ENOSPC|no space left on device|disk quota exceeded/i.test(output))
    return 'The disk is full: free at least 2 GB, or point LEVEE_CACHE_DIR (tools) and LEVEE_DATA_DIR (meetings) at a disk with room, and run the command again.'
  if (/EACCES|EPERM|permission denied|read-only file system|EROFS/i.test(output))
    return 'No right to write there: give this user the folder named above, or point LEVEE_CACHE_DIR (tools) or LEVEE_DATA_DIR (meetings) at one that is yours.'
  return undefined
}
