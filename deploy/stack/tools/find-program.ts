// Finds programs on this machine.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { UserError } from '../../setup/user-error.mjs'

/**
 * The program that an environment variable names; undefined when it is not set. Throws a UserError if that is not a
 * program.
 */
export function chosenBy(variable: string): string | undefined {
  const chosen = process.env[variable] || undefined
  if (chosen && !isExecutable(chosen))
    throw new UserError(`${variable} names ${chosen}, which is not a program: correct or unset it.`)
  return chosen
}

export function onPath(name: string): string | undefined {
  const dirs = [...(process.env['PATH'] ?? '').split(delimiter), '/opt/homebrew/bin']
  return dirs.map((dir) => join(dir, name)).find(isExecutable)
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
