// One running Levee per data folder: a file in it names the process.
import { execFileSync } from 'node:child_process'
import { existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { UserError } from '../setup/user-error.mjs'
import { writePrivate } from '../stack/secrets.ts'
import { isAlive } from '../stack/until.ts'

interface Instance {
  pid: number
  url: string
}

/**
 * Claims the data folder and returns a function that releases it. Throws a UserError that names a process that uses it.
 * A process that was killed does not block the next start: its pid is checked.
 */
export function claimDataDir(file: string, url: string): () => void {
  const mine = `${file}.${process.pid}`
  writePrivate(mine, JSON.stringify({ pid: process.pid, url } satisfies Instance))
  try {
    // `link` is atomic: of two processes that try at the same moment only one succeeds.
    while (!tryLink(mine, file)) {
      refuseWhenRunning(read(file))
      removeStale(file, `${mine}.old`)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  return () => rmSync(file, { force: true })
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Removes the file of a process that was killed. Puts it back when another process has just replaced it. */
function removeStale(file: string, aside: string): void {
  try {
    renameSync(file, aside)
    const moved = read(aside)
    if (moved && isLevee(moved.pid)) tryLink(aside, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Undefined if there is no file or it is damaged: no running process leaves a damaged file. */
function read(file: string): Instance | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Instance
  } catch {
    return undefined
  }
}

function refuseWhenRunning(other: Instance | undefined): void {
  if (other && other.pid !== process.pid && isLevee(other.pid))
    throw new UserError(
      `Levee is already running on this data at ${other.url} (pid ${other.pid}): use that, or stop it with “kill ${other.pid}” first.`,
    )
}

/** Pids are reused: the process must also look like Levee. */
function isLevee(pid: number): boolean {
  if (!isAlive(pid)) return false
  try {
    return /start\.ts/.test(execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }))
  } catch {
    return (
      existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.ts')
    )
  }
}
