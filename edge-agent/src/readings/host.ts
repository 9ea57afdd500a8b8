import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { readCgroup, type Cgroup, type SystemPaths } from './cgroup.ts'

/** CPU time of the whole host since boot, in any unit. User time includes guest time. */
export type CpuTimes = { busy: number; steal: number; idle: number }

/** One reading of the machine. Counters are since boot. */
export type HostSample = {
  atMs: number
  cpu: CpuTimes
  cgroup: Cgroup
  memoryUsedBytes: number
  memoryLimitBytes: number
  transmitBytesTotal: number | undefined
}

/** Values that do not change while the agent runs. */
export type HostShape = {
  cores: number
  /** CPU limit of the cgroup in cores; undefined: not limited. */
  cpuLimitCores: number | undefined
  /** Speed of the network interface with the default route; undefined when the system does not report it. */
  nicBytesPerSec: number | undefined
}

export const SYSTEM: SystemPaths = { proc: '/proc', sys: '/sys' }

/** First line of /proc/stat: user nice system idle iowait irq softirq steal guest guest_nice. Throws on anything else. */
export function parseProcStat(content: string): CpuTimes {
  const line = /^cpu\s+(.+)$/m.exec(content)?.[1]
  const [user, nice, system, idle, iowait = 0, irq = 0, softirq = 0, steal = 0] =
    line?.trim().split(/\s+/).map(Number) ?? []
  if (user === undefined || nice === undefined || system === undefined || idle === undefined)
    throw new Error('/proc/stat has no line of CPU times')
  return { busy: user + nice + system + irq + softirq, steal, idle: idle + iowait }
}

/** Used and total bytes; used excludes what can be reclaimed at once. */
export function parseMeminfo(content: string): { usedBytes: number; totalBytes: number } {
  const bytes = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(content)?.[1]) * 1_024
  const totalBytes = bytes('MemTotal')
  const available = bytes('MemAvailable')
  if (!Number.isFinite(totalBytes) || !Number.isFinite(available))
    throw new Error('/proc/meminfo lacks total or available memory')
  return { usedBytes: totalBytes - available, totalBytes }
}

/** Network interface of the default route in /proc/net/route; undefined without one. */
export function parseDefaultInterface(content: string): string | undefined {
  return content
    .split('\n')
    .map((line) => line.split('\t'))
    .find((columns) => columns[1] === '00000000')?.[0]
}

/** Bytes sent through a network interface, from /proc/net/dev. */
export function parseTransmitBytes(content: string, card: string): number | undefined {
  const line = content.split('\n').find((l) => l.trimStart().startsWith(`${card}:`))
  const sent = Number(
    line
      ?.slice(line.indexOf(':') + 1)
      .trim()
      .split(/\s+/)[8],
  )
  return Number.isFinite(sent) ? sent : undefined
}

const textOf = (path: string) => readFile(path, 'utf8')
const maybe = (path: string) => textOf(path).catch(() => undefined)

/** Reads the machine. Other platforms than Linux use what Node offers (no steal time, no cgroup). */
export function hostReader(paths: SystemPaths = SYSTEM, platform: string = process.platform) {
  const linux = platform === 'linux'

  const defaultInterface = async (): Promise<string | undefined> =>
    parseDefaultInterface((await maybe(join(paths.proc, 'net/route'))) ?? '')

  return {
    async shape(): Promise<HostShape> {
      const cores = availableParallelism()
      if (!linux) return { cores, cpuLimitCores: undefined, nicBytesPerSec: undefined }
      const card = await defaultInterface()
      const megabits = card ? Number(await maybe(join(paths.sys, 'class/net', card, 'speed'))) : Number.NaN
      return {
        cores,
        cpuLimitCores: (await readCgroup(paths)).cpuLimitCores,
        // Virtual interfaces report -1.
        nicBytesPerSec: megabits > 0 ? megabits * 125_000 : undefined,
      }
    },

    /** One reading. Rejects when CPU times or memory are not available. */
    async sample(): Promise<HostSample> {
      if (!linux) return portableSample()
      const [stat, meminfo, dev, card, cgroup] = await Promise.all([
        textOf(join(paths.proc, 'stat')),
        textOf(join(paths.proc, 'meminfo')),
        maybe(join(paths.proc, 'net/dev')),
        defaultInterface(),
        readCgroup(paths),
      ])
      const host = parseMeminfo(meminfo)
      const limited = cgroup.memoryLimitBytes !== undefined && cgroup.memoryLimitBytes < host.totalBytes
      return {
        atMs: performance.now(),
        cpu: parseProcStat(stat),
        cgroup,
        memoryUsedBytes: limited ? (cgroup.memoryUsedBytes ?? host.usedBytes) : host.usedBytes,
        memoryLimitBytes: limited ? (cgroup.memoryLimitBytes ?? host.totalBytes) : host.totalBytes,
        transmitBytesTotal: card && dev ? parseTransmitBytes(dev, card) : undefined,
      }
    },
  }
}

export type HostReader = ReturnType<typeof hostReader>

function portableSample(): HostSample {
  const cpu: CpuTimes = { busy: 0, steal: 0, idle: 0 }
  for (const { times } of cpus()) {
    cpu.busy += times.user + times.nice + times.sys + times.irq
    cpu.idle += times.idle
  }
  return {
    atMs: performance.now(),
    cpu,
    cgroup: {
      cpuLimitCores: undefined,
      cpuSecondsTotal: undefined,
      memoryLimitBytes: undefined,
      memoryUsedBytes: undefined,
    },
    memoryUsedBytes: totalmem() - freemem(),
    memoryLimitBytes: totalmem(),
    transmitBytesTotal: undefined,
  }
}
