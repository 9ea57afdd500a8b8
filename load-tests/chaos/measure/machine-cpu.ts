// CPU used by this run, and by other processes that disturb a trial.
import { readdirSync, readlinkSync } from 'node:fs'
import { type ProcessTimes, machineTimes, processTimes } from '../../lib/proc.ts'

export interface CpuMark {
  atMs: number
  machineSec: number
  ownSec: number
}

/** The start of a measurement. */
export function markCpu(): CpuMark {
  // Without interrupts: most of them are the packets of our own meeting.
  const machineSec = machineTimes().processes
  return { atMs: performance.now(), machineSec, ownSec: treeSec(process.pid) }
}

/** Cores that this process and its descendants have used since. */
export function ownCores(since: CpuMark): number {
  const now = markCpu()
  return coresOf(now.ownSec - since.ownSec, since, now)
}

/** Cores that all other processes have used since. */
export function foreignCores(since: CpuMark): number {
  const now = markCpu()
  const foreignSec = now.machineSec - since.machineSec - (now.ownSec - since.ownSec)
  return Math.max(0, coresOf(foreignSec, since, now))
}

const coresOf = (sec: number, since: CpuMark, now: CpuMark) => (sec * 1000) / (now.atMs - since.atMs)

/**
 * CPU seconds of our descendants whose executable matches, including their children that have ended. It checks the
 * executable because a browser starts some of its processes as /proc/self/exe.
 */
export const cpuSecOfOwn = (executable: RegExp): number =>
  treeSec(process.pid, (pid) => {
    try {
      return executable.test(readlinkSync(`/proc/${pid}/exe`))
    } catch {
      return false
    }
  })

function treeSec(root: number, counts: (pid: number) => boolean = () => true): number {
  const all = new Map<number, ProcessTimes>()
  for (const entry of readdirSync('/proc')) {
    // A process may end while the list is read.
    const times = /^\d+$/.test(entry) ? processTimes(entry) : undefined
    if (times) all.set(Number(entry), times)
  }
  const isOwn = (pid: number): boolean => pid === root || (all.has(pid) && isOwn(all.get(pid)!.parent))
  // Ended children count too: otherwise the CPU time of a killed node would count as foreign.
  return [...all].reduce((sum, [pid, { sec }]) => (isOwn(pid) && counts(pid) ? sum + sec : sum), 0)
}
