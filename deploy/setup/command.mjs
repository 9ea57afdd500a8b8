// Runs a command to its end and keeps its output for the error message.
import { spawn } from 'node:child_process'
import { UserError, explainFault } from './user-error.mjs'
import { ERROR_TAIL_LINES, KEPT_OUTPUT_CHARACTERS } from './tuning.mjs'

/** Lines of a tool's own stack trace; they do not help the user. */
const STACK_LINE = /^\s+at .*[(/:]/

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/** Interrupts every command that `run` started. SIGINT, because build tools clean up their files on it. */
export function interruptRuns() {
  for (const child of running) child.kill('SIGINT')
}
process.on('exit', interruptRuns)

/**
 * Runs a command to its end and returns what it printed. Throws a UserError when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, advice: string, lines?: number }} options
 *   `advice`: what the user should do when it fails; `lines`: how many lines of its output to show then
 * @returns {Promise<string>}
 */
export function run(command, args, { cwd, env = process.env, advice, lines = ERROR_TAIL_LINES }) {
  return new Promise((resolve, reject) => {
    // English output, which `explainFault` can recognise.
    const plain = { ...env, LC_ALL: 'C.UTF-8', NO_COLOR: '1', FORCE_COLOR: undefined }
    const child = spawn(command, args, { cwd, env: plain, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    let output = ''
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT_CHARACTERS)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => {
      running.delete(child)
      reject(new UserError(explainFault(String(error)) ?? advice, error.message))
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      if (code === 0) return resolve(output)
      const useful = output.split('\n').filter((line) => line.trim() && !STACK_LINE.test(line))
      const tail = useful.slice(-lines).join('\n')
      reject(new UserError(explainFault(output) ?? advice, tail || `${command} ended with ${signal ?? code}`))
    })
  })
}
