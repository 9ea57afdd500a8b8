// CPU time as Linux counts it, from /proc.
import { readFileSync } from 'node:fs'

/** USER_HZ, which is the same on every Linux that Node runs on. */
const TICKS_PER_SEC = 100

export interface ProcessTimes {
  parent: number
  /** CPU seconds so far, user and system; accurate to 10 ms. */
  ownSec: number
  /** The same, including children that have ended. */
  sec: number
}

/** Undefined if there is no such process. */
export function processTimes(pid: number | string): ProcessTimes | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The name in brackets may contain spaces. Field 4 is the parent; 14–17 are utime, stime, cutime and cstime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0, ...ofChildren] = fields
    .slice(11, 15)
    .map((ticks) => Number(ticks) / TICKS_PER_SEC)
  const ownSec = user + system
  return { parent: Number(fields[1]), ownSec, sec: ofChildren.reduce((sum, sec) => sum + sec, ownSec) }
}

/** CPU seconds of a process, without its children. @throws Error if there is no such process. */
export function cpuSecOf(pid: number): number {
  const times = processTimes(pid)
  if (!times) throw new Error(`there is no process ${pid}`)
  return times.ownSec
}

/**
 * CPU seconds of the whole machine. `processes`: user, nice and system. `interrupts`: interrupts and stolen time, which
 * belong to no process.
 */
export function machineTimes(): { processes: number; interrupts: number } {
  const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/\s+/).map(Number)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks
  return {
    processes: (user + nice + system) / TICKS_PER_SEC,
    interrupts: (irq + softirq + steal) / TICKS_PER_SEC,
  }
}
