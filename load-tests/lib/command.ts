// Common parts of every command of this package.
import { onShutdown } from '@levee/deploy/processes/shutdown'
import { UserError, printUserError } from '../../deploy/setup/user-error.mjs'

/**
 * Runs `main` and sets the exit code. The first Ctrl-C aborts the signal, the second one ends the process. Errors are
 * printed, those that the user can fix without a stack trace.
 */
export async function runCommand(main: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const ending = new AbortController()
  onShutdown({ stop: () => ending.abort(new Error('stopped')), kill: () => process.exit(130) })
  await main(ending.signal).catch((error: unknown) => {
    if (ending.signal.aborted) process.exitCode = 130
    else {
      printUserError(error)
      process.exitCode = 1
    }
  })
}

/** A number of the command line. @throws UserError if it is not a number, or below `least`. */
export function numberOption(name: string, text: string, least = 0): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < least)
    throw new UserError(`--${name} ${text}: give a number of at least ${least}.`)
  return value
}

/** A whole number of the command line. @throws UserError if it is not one, or below `least`. */
export function wholeNumberOption(name: string, text: string, least = 0): number {
  const value = numberOption(name, text, least)
  if (!Number.isInteger(value))
    throw new UserError(`--${name} ${text}: give a whole number of at least ${least}.`)
  return value
}
