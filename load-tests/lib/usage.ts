// CPU of processes over a period, and the memory of Redis.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSecOf, machineTimes } from './proc.ts'
import { REDIS_MEMORY_SAMPLE_MS, REDIS_MEMORY_SAMPLES } from './tuning.ts'

export interface Usage<Name extends string> {
  seconds: number
  /** CPU seconds per second. */
  cores: Record<Name, number>
  /** The same for everything else on the machine. */
  otherCores: number
}

/** Starts a measurement; the returned function ends it. */
export function measureUsage<Name extends string>(pids: Record<Name, number>): () => Usage<Name> {
  const names = Object.keys(pids) as Name[]
  const read = () => {
    const { processes, interrupts } = machineTimes()
    return {
      ms: performance.now(),
      machineSec: processes + interrupts,
      sec: Object.fromEntries(names.map((name) => [name, cpuSecOf(pids[name])])) as Record<Name, number>,
    }
  }
  const before = read()
  return () => {
    const after = read()
    const seconds = (after.ms - before.ms) / 1_000
    const cores = Object.fromEntries(
      names.map((name) => [name, (after.sec[name] - before.sec[name]) / seconds]),
    ) as Record<Name, number>
    const measured = names.reduce((sum, name) => sum + cores[name], 0)
    const machineCores = (after.machineSec - before.machineSec) / seconds
    return { seconds, cores, otherCores: Math.max(0, machineCores - measured) }
  }
}

/** `used_memory` of Redis in bytes: the lowest over a second, because buffers of current requests come and go. */
export async function redisMemory(url: string): Promise<number> {
  let least = Infinity
  for (let i = 0; i < REDIS_MEMORY_SAMPLES; i++) {
    least = Math.min(least, await usedMemory(url))
    await sleep(REDIS_MEMORY_SAMPLE_MS)
  }
  return least
}

function usedMemory(url: string): Promise<number> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write('INFO memory\r\n'))
    socket.setTimeout(5_000, () => socket.destroy(new Error('Redis did not answer INFO memory')))
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
