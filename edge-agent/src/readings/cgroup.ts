import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CGROUP_UNLIMITED_BYTES } from '../tuning/readings.ts'

/** Roots of the two file systems. Tests use recorded trees. */
export type SystemPaths = { proc: string; sys: string }

/** Limits and usage of this process's control group. */
export type Cgroup = {
  /** The lowest CPU limit of our group and those above it, in cores; undefined: not limited. */
  cpuLimitCores: number | undefined
  /** CPU seconds used by the group with that limit, or by our own group; undefined where not available. */
  cpuSecondsTotal: number | undefined
  memoryLimitBytes: number | undefined
  /** Without file cache that can be reclaimed at once. */
  memoryUsedBytes: number | undefined
}

const text = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

const number = (content: string | undefined): number | undefined => {
  const value = content === undefined || content.trim() === '' ? Number.NaN : Number(content)
  return Number.isFinite(value) ? value : undefined
}

/** A value of a flat keyed file such as cpu.stat. */
const keyed = (content: string | undefined, key: string): number | undefined =>
  number(
    content
      ?.split('\n')
      .find((line) => line.startsWith(`${key} `))
      ?.slice(key.length + 1),
  )

/** cpu.max: "max 100000" or "150000 100000". */
export function parseCpuMax(content: string): number | undefined {
  const [quota, period] = content.trim().split(/\s+/)
  const cores = Number(quota) / Number(period ?? 100_000)
  return quota !== 'max' && cores > 0 && Number.isFinite(cores) ? cores : undefined
}

/** /proc/self/cgroup: path per v1 controller; the v2 path under ''. */
export function parseOwnGroups(content: string): Map<string, string> {
  const groups = new Map<string, string>()
  for (const line of content.split('\n')) {
    const parts = /^\d+:([^:]*):(\/.*)$/.exec(line)
    if (parts) for (const controller of (parts[1] ?? '').split(',')) groups.set(controller, parts[2] ?? '/')
  }
  return groups
}

/**
 * Our own group's folder and those above it, up to the mount. In a container the path in /proc may be the host's, which
 * does not exist under the mount; then the mount itself is our group.
 */
function levels(mount: string, path: string): string[] {
  const found: string[] = []
  for (let at = path; ; at = dirname(at)) {
    found.push(join(mount, at))
    if (at === '/') return found
  }
}

type Limit = { limit: number | undefined; folder: string | undefined }

async function tightest(
  folders: string[],
  limitOf: (folder: string) => Promise<number | undefined>,
  exists: (folder: string) => Promise<string | undefined>,
): Promise<Limit> {
  const result: Limit = { limit: undefined, folder: undefined }
  for (const folder of folders) {
    if ((await exists(folder)) === undefined) continue
    const limit = await limitOf(folder)
    if (limit !== undefined && (result.limit === undefined || limit < result.limit)) {
      result.limit = limit
      result.folder = folder
    }
    result.folder ??= folder
  }
  return result
}

const bytesLimit = (content: string | undefined): number | undefined => {
  const bytes = number(content)
  return bytes !== undefined && bytes < CGROUP_UNLIMITED_BYTES ? bytes : undefined
}

/** Reads cgroup v2, or v1 where the CPU controller is still there. Never rejects: missing values are undefined. */
export async function readCgroup({ proc, sys }: SystemPaths): Promise<Cgroup> {
  const groups = parseOwnGroups((await text(join(proc, 'self/cgroup'))) ?? '')
  const mount = join(sys, 'fs/cgroup')
  const v1 = groups.has('cpu')
  const cpuLevels = levels(v1 ? join(mount, 'cpu') : mount, groups.get(v1 ? 'cpu' : '') ?? '/')
  const memoryV1 = groups.has('memory')
  const memoryLevels = levels(
    memoryV1 ? join(mount, 'memory') : mount,
    groups.get(memoryV1 ? 'memory' : '') ?? '/',
  )

  const cpu = v1
    ? await tightest(
        cpuLevels,
        async (folder) => {
          const quota = number(await text(join(folder, 'cpu.cfs_quota_us')))
          const period = number(await text(join(folder, 'cpu.cfs_period_us')))
          return quota !== undefined && period !== undefined && quota > 0 ? quota / period : undefined
        },
        (folder) => text(join(folder, 'cpu.cfs_quota_us')),
      )
    : await tightest(
        cpuLevels,
        async (folder) => parseCpuMax((await text(join(folder, 'cpu.max'))) ?? 'max'),
        (folder) => text(join(folder, 'cpu.stat')),
      )

  let cpuSecondsTotal: number | undefined
  if (cpu.folder !== undefined && v1) {
    const group = cpu.folder.slice(join(mount, 'cpu').length)
    const nanoseconds = number(await text(join(mount, 'cpuacct', group, 'cpuacct.usage')))
    cpuSecondsTotal = nanoseconds === undefined ? undefined : nanoseconds / 1e9
  } else if (cpu.folder !== undefined) {
    const microseconds = keyed(await text(join(cpu.folder, 'cpu.stat')), 'usage_usec')
    cpuSecondsTotal = microseconds === undefined ? undefined : microseconds / 1e6
  }

  const [limitFile, usageFile, cacheKey] = memoryV1
    ? ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file']
    : ['memory.max', 'memory.current', 'inactive_file']
  const memory = await tightest(
    memoryLevels,
    async (folder) => bytesLimit(await text(join(folder, limitFile))),
    (folder) => text(join(folder, usageFile)),
  )
  let memoryUsedBytes: number | undefined
  if (memory.folder !== undefined) {
    const usage = number(await text(join(memory.folder, usageFile)))
    const cache = keyed(await text(join(memory.folder, 'memory.stat')), cacheKey) ?? 0
    memoryUsedBytes = usage === undefined ? undefined : Math.max(0, usage - cache)
  }
  return { cpuLimitCores: cpu.limit, cpuSecondsTotal, memoryLimitBytes: memory.limit, memoryUsedBytes }
}
