// CPU of the machine that is not ours: what others run here disturbs a trial.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

/** Linux counts in hundredths of a second wherever Node runs. */
const TICKS_PER_SEC = 100

export interface CpuMark {
  atMs: number
  machineSec: number
  ownSec: number
}

/** As it stands now; two of them make a measurement. */
export function markCpu(): CpuMark {
  return { atMs: performance.now(), machineSec: machineSec(), ownSec: treeSec(process.pid) }
}

/** Cores that this process and its descendants used since. */
export function ownCores(since: CpuMark): number {
  const now = markCpu()
  return coresOf(now.ownSec - since.ownSec, since, now)
}

/** Cores that anybody but this process and its descendants used since. */
export function foreignCores(since: CpuMark): number {
  const now = markCpu()
  const foreignSec = now.machineSec - since.machineSec - (now.ownSec - since.ownSec)
  return Math.max(0, coresOf(foreignSec, since, now))
}

const coresOf = (sec: number, since: CpuMark, now: CpuMark) => (sec * 1000) / (now.atMs - since.atMs)

/** User, nice and system. Interrupts are nobody’s: most of them are the packets of our own meeting. */
function machineSec(): number {
  const [, user = 0, nice = 0, system = 0] = readFileSync('/proc/stat', 'utf8').split(/\s+/, 4).map(Number)
  return (user + nice + system) / TICKS_PER_SEC
}

/** Seconds of CPU that a process has used, without its children. */
export function cpuSecOf(pid: number): number {
  const usage = usageOf(String(pid))
  if (!usage) throw new Error(`there is no process ${pid}`)
  return usage.ownSec
}

interface Usage {
  parent: number
  /** With what its ended children used, or a killed node’s past would look like somebody else’s. */
  sec: number
  ownSec: number
}

function usageOf(pid: string): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name is in brackets and may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system, ...ofChildren] = fields.slice(11, 15).map((ticks) => Number(ticks) / TICKS_PER_SEC)
    const ownSec = (user ?? 0) + (system ?? 0)
    return {
      parent: Number(fields[1]),
      ownSec,
      sec: ofChildren.reduce((sum, sec) => sum + sec, ownSec),
    }
  } catch {
    // It ended while the list was read.
    return undefined
  }
}

/**
 * CPU that our descendants have used whose program’s path is like this, with what their ended children used. By the
 * file that runs: a browser starts some of its own as /proc/self/exe.
 */
export const secOfOurs = (program: RegExp): number =>
  treeSec(process.pid, (pid) => {
    try {
      return program.test(readlinkSync(`/proc/${pid}/exe`))
    } catch {
      return false
    }
  })

function treeSec(root: number, counts: (pid: number) => boolean = () => true): number {
  const all = new Map<number, Usage>()
  for (const entry of readdirSync('/proc')) {
    const usage = /^\d+$/.test(entry) ? usageOf(entry) : undefined
    if (usage) all.set(Number(entry), usage)
  }
  const isOurs = (pid: number): boolean => pid === root || (all.has(pid) && isOurs(all.get(pid)!.parent))
  return [...all].reduce((sum, [pid, { sec }]) => (isOurs(pid) && counts(pid) ? sum + sec : sum), 0)
}
