// Arguments of the commands: a wrong one is answered with a sentence and the usage, `--help` with the usage.
import { parseArgs } from 'node:util'
import { UserError, printUserError } from './user-error.mjs'

/**
 * As `parseArgs` of Node. Ends the process after `--help` (exit code 0) and after a wrong argument (exit code 2).
 * @template {import('node:util').ParseArgsConfig} Config
 * @param {string} usage a line for each way to call the command
 * @param {Config} config
 * @returns {ReturnType<typeof parseArgs<Config>>}
 */
export function readArguments(usage, config) {
  if (process.argv.slice(2).some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(`${usage}\n`)
    process.exit(0)
  }
  try {
    return parseArgs(config)
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\. |\.$/)
    return refuseArguments(usage, `${sentence}.`)
  }
}

/**
 * @param {string} usage
 * @param {string} sentence what is wrong
 * @returns {never}
 */
export function refuseArguments(usage, sentence) {
  printUserError(new UserError(`${sentence}\n${usage}`))
  process.exit(2)
}
