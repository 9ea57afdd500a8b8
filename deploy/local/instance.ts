// One appliance per data folder.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { Trouble } from './progress.mjs'
import { writePrivate } from './secrets.ts'
import { isAlive } from './until.ts'

interface Instance {
  pid: number
  url: string
}

/** Claims the folder, or says who has it. Gives the function that lets go. */
export function claimInstance(file: string, url: string): () => void {
  const other = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Instance) : undefined
  if (other && other.pid !== process.pid && isLevee(other.pid))
    throw new Trouble(
      `Levee is already running on this data at ${other.url} (pid ${other.pid}): use that, or stop it with “kill ${other.pid}” first.`,
    )
  writePrivate(file, JSON.stringify({ pid: process.pid, url } satisfies Instance))
  return () => rmSync(file, { force: true })
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
