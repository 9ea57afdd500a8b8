// What processes use, as Linux counts it, and what Redis says of its memory.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

/** USER_HZ, the same on every Linux that Node runs on. */
const TICKS_PER_SEC = 100

/** CPU seconds of a process so far, user and system; 10 ms fine. */
function cpuSec(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold anything; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SEC
}

/** CPU seconds of the whole machine that were not idle. */
function machineSec(): number {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number) as [number, number, number, number, number, number, number, number]
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SEC
}

export interface Usage<Name extends string> {
  seconds: number
  /** CPU seconds per second. */
  cores: Record<Name, number>
  /** Of everything else on the machine. */
  otherCores: number
}

/** Starts to measure; the function that it gives ends it. */
export function measureUsage<Name extends string>(pids: Record<Name, number>): () => Usage<Name> {
  const read = () => ({
    ms: performance.now(),
    machine: machineSec(),
    each: Object.fromEntries(
      Object.entries(pids).map(([name, pid]) => [name, cpuSec(pid as number)]),
    ) as Record<Name, number>,
  })
  const before = read()
  return () => {
    const after = read()
    const seconds = (after.ms - before.ms) / 1_000
    const names = Object.keys(pids) as Name[]
    const cores = Object.fromEntries(
      names.map((name) => [name, (after.each[name] - before.each[name]) / seconds]),
    ) as Record<Name, number>
    const ours = names.reduce((sum, name) => sum + cores[name], 0)
    return { seconds, cores, otherCores: Math.max(0, (after.machine - before.machine) / seconds - ours) }
  }
}

const SAMPLES = 10
const SAMPLE_MS = 100

/** `used_memory` of Redis in bytes: the least of a second, as buffers of requests under way come and go. */
export async function redisMemory(url: string): Promise<number> {
  let least = Infinity
  for (let i = 0; i < SAMPLES; i++) {
    least = Math.min(least, await usedMemory(url))
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))
  }
  return least
}

function usedMemory(url: string): Promise<number> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write('INFO memory\r\n'))
    socket.setTimeout(5_000, () => socket.destroy(new Error('Redis does not tell its memory')))
    socket.on('data', (data) => {
      text += data.toString()
      const used = /used_memory:(\d+)/.exec(text)?.[1]
      if (used === undefined) return
      resolve(Number(used))
      socket.destroy()
    })
    socket.once('error', reject)
  })
}
