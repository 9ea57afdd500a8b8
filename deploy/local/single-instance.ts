// One appliance per data folder.
import { execFileSync } from 'node:child_process'
import { existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { UserError } from '../setup/user-error.mjs'
import { writePrivate } from '../stack/secrets.ts'
import { isAlive } from '../stack/until.ts'

interface Instance {
  pid: number
  url: string
}

/** Claims the folder, or says who has it. Gives the function that lets go. */
export function claimInstance(file: string, url: string): () => void {
  const mine = `${file}.${process.pid}`
  writePrivate(mine, JSON.stringify({ pid: process.pid, url } satisfies Instance))
  try {
    // A link is made by one of two that try at the same moment, never by both.
    while (!isLinked(mine, file)) {
      refuseWhenAlive(read(file))
      setAside(file, `${mine}.old`)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  return () => rmSync(file, { force: true })
}

function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** What an appliance left that ended without a word; unless another has just put its own claim there. */
function setAside(file: string, aside: string): void {
  try {
    renameSync(file, aside)
    const moved = read(aside)
    if (moved && isLevee(moved.pid)) isLinked(aside, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Undefined when there is none, or when it is damaged: then nobody can be running by it. */
function read(file: string): Instance | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Instance
  } catch {
    return undefined
  }
}

function refuseWhenAlive(other: Instance | undefined): void {
  if (other && other.pid !== process.pid && isLevee(other.pid))
    throw new UserError(
      `Levee is already running on this data at ${other.url} (pid ${other.pid}): use that, or stop it with “kill ${other.pid}” first.`,
    )
}

/** Numbers are used again after a reboot: a living process must also look like ours. */
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
