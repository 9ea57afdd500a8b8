import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { before, describe, test } from 'node:test'
import { parseCpuMax, parseOwnGroups, readCgroup } from '../../src/readings/cgroup.ts'
import {
  hostReader,
  parseDefaultInterface,
  parseMeminfo,
  parseProcStat,
  parseTransmitBytes,
} from '../../src/readings/host.ts'
import { tempDir } from '../support/workplace.ts'

const STAT =
  'cpu  29387 10 9731 1867521 459 5 163 113 40 0\ncpu0 14142 0 4229 934949 120 0 25 52 0 0\nintr 1\n'
const MEMINFO = 'MemTotal:        8000000 kB\nMemFree:         1000000 kB\nMemAvailable:    6000000 kB\n'
const ROUTE =
  'Iface\tDestination\tGateway\tFlags\nbr0\t000200C0\t00000000\t0001\neth0\t00000000\t010200C0\t0003\n'
const DEV = `Inter-|   Receive                        |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
    lo:    3193      29    0    0    0     0          0         0     9999      29    0    0    0     0       0          0
  eth0:661539723   24624    0    0    0     0          0         0  1700128   16753    0    0    0     0       0          0
`

describe('what the kernel writes', () => {
  test('CPU times: steal is separate from busy, iowait is idle, guest time is not counted twice', () => {
    assert.deepEqual(parseProcStat(STAT), {
      busy: 29_387 + 10 + 9_731 + 5 + 163,
      steal: 113,
      idle: 1_867_521 + 459,
    })
  })
  test('an old kernel reports no steal', () => {
    assert.deepEqual(parseProcStat('cpu  1 2 3 4\n'), { busy: 6, steal: 0, idle: 4 })
  })
  test('any other content throws', () => {
    assert.throws(() => parseProcStat('cpu0 1 2 3 4\n'))
    assert.throws(() => parseMeminfo('MemTotal: 1 kB\n'))
  })
  test('memory in use is what cannot be reclaimed', () => {
    assert.deepEqual(parseMeminfo(MEMINFO), { usedBytes: 2_000_000 * 1_024, totalBytes: 8_000_000 * 1_024 })
  })
  test('the network interface of the default route and the bytes that it sent', () => {
    assert.equal(parseDefaultInterface(ROUTE), 'eth0')
    assert.equal(parseDefaultInterface('Iface\tDestination\n'), undefined)
    assert.equal(parseTransmitBytes(DEV, 'eth0'), 1_700_128)
    assert.equal(parseTransmitBytes(DEV, 'wlan0'), undefined)
  })
  test('cpu.max', () => {
    assert.equal(parseCpuMax('max 100000\n'), undefined)
    assert.equal(parseCpuMax('150000 100000\n'), 1.5)
    assert.equal(parseCpuMax('50000\n'), 0.5)
    assert.equal(parseCpuMax(''), undefined)
  })
  test('own groups', () => {
    const groups = parseOwnGroups('4:memory:/a/b\n2:cpu,cpuacct:/c\n1:name=systemd:/\n0::/d\n')
    assert.deepEqual(
      [...groups],
      [
        ['memory', '/a/b'],
        ['cpu', '/c'],
        ['cpuacct', '/c'],
        ['name=systemd', '/'],
        ['', '/d'],
      ],
    )
  })
})

describe('control groups', () => {
  let dir: string
  before(async () => (dir = await tempDir()))

  /** Writes a tree of files; returns the paths of its /proc and /sys. */
  const tree = async (name: string, files: Record<string, string>) => {
    for (const [path, content] of Object.entries(files)) {
      const full = join(dir, name, path)
      await mkdir(dirname(full), { recursive: true })
      await writeFile(full, content)
    }
    return { proc: join(dir, name, 'proc'), sys: join(dir, name, 'sys') }
  }

  test('v2: the lowest limit of our own group and those above it', async () => {
    const paths = await tree('v2', {
      'proc/self/cgroup': '0::/levee/edge\n',
      'sys/fs/cgroup/cpu.stat': 'usage_usec 99000000\n',
      'sys/fs/cgroup/levee/cpu.max': '200000 100000\n',
      'sys/fs/cgroup/levee/cpu.stat': 'usage_usec 7000000\nuser_usec 1\n',
      'sys/fs/cgroup/levee/edge/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/levee/edge/cpu.stat': 'usage_usec 5000000\n',
      'sys/fs/cgroup/levee/edge/memory.max': '1073741824\n',
      'sys/fs/cgroup/levee/edge/memory.current': '500000000\n',
      'sys/fs/cgroup/levee/edge/memory.stat': 'anon 1\ninactive_file 200000000\n',
    })
    assert.deepEqual(await readCgroup(paths), {
      cpuLimitCores: 2,
      cpuSecondsTotal: 7,
      memoryLimitBytes: 1_073_741_824,
      memoryUsedBytes: 300_000_000,
    })
  })

  test('v2 in a container whose path is the host’s: the mount is our group', async () => {
    const paths = await tree('container', {
      'proc/self/cgroup': '0::/kubepods/pod1/c1\n',
      'sys/fs/cgroup/cpu.max': '50000 100000\n',
      'sys/fs/cgroup/cpu.stat': 'usage_usec 1500000\n',
      'sys/fs/cgroup/memory.max': 'max\n',
      'sys/fs/cgroup/memory.current': '1000\n',
    })
    assert.deepEqual(await readCgroup(paths), {
      cpuLimitCores: 0.5,
      cpuSecondsTotal: 1.5,
      memoryLimitBytes: undefined,
      memoryUsedBytes: 1_000,
    })
  })

  test('v1 with limits', async () => {
    const paths = await tree('v1', {
      'proc/self/cgroup': '4:memory:/docker/c1\n2:cpuacct,cpu:/docker/c1\n0::/\n',
      'sys/fs/cgroup/cpu/docker/c1/cpu.cfs_quota_us': '300000\n',
      'sys/fs/cgroup/cpu/docker/c1/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/cpuacct/docker/c1/cpuacct.usage': '2500000000\n',
      'sys/fs/cgroup/memory/docker/c1/memory.limit_in_bytes': '2147483648\n',
      'sys/fs/cgroup/memory/docker/c1/memory.usage_in_bytes': '900\n',
      'sys/fs/cgroup/memory/docker/c1/memory.stat': 'total_inactive_file 400\n',
    })
    assert.deepEqual(await readCgroup(paths), {
      cpuLimitCores: 3,
      cpuSecondsTotal: 2.5,
      memoryLimitBytes: 2_147_483_648,
      memoryUsedBytes: 500,
    })
  })

  test('v1 without limits, and no control groups at all', async () => {
    const free = await tree('v1-free', {
      'proc/self/cgroup': '4:memory:/\n2:cpu:/\n',
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      'sys/fs/cgroup/memory/memory.usage_in_bytes': '900\n',
    })
    const limits = await readCgroup(free)
    assert.equal(limits.cpuLimitCores, undefined)
    assert.equal(limits.memoryLimitBytes, undefined)
    const nothing = await readCgroup({ proc: '/nowhere', sys: '/nowhere' })
    assert.deepEqual(new Set(Object.values(nothing)), new Set([undefined]))
  })

  test('the host reader combines them', async () => {
    const paths = await tree('host', {
      'proc/stat': STAT,
      'proc/meminfo': MEMINFO,
      'proc/net/route': ROUTE,
      'proc/net/dev': DEV,
      'proc/self/cgroup': '0::/\n',
      'sys/fs/cgroup/cpu.max': '50000 100000\n',
      'sys/fs/cgroup/cpu.stat': 'usage_usec 1500000\n',
      'sys/fs/cgroup/memory.max': '1000000\n',
      'sys/fs/cgroup/memory.current': '600000\n',
      'sys/class/net/eth0/speed': '10000\n',
    })
    const reader = hostReader(paths, 'linux')
    const shape = await reader.shape()
    assert.equal(shape.cpuLimitCores, 0.5)
    assert.equal(shape.nicBytesPerSec, 1_250e6)
    const sample = await reader.sample()
    assert.equal(sample.memoryUsedBytes, 600_000)
    assert.equal(sample.memoryLimitBytes, 1_000_000)
    assert.equal(sample.transmitBytesTotal, 1_700_128)
  })

  test('an interface that reports no speed has none', async () => {
    const paths = await tree('virtual', { 'proc/net/route': ROUTE, 'sys/class/net/eth0/speed': '-1\n' })
    assert.equal((await hostReader(paths, 'linux').shape()).nicBytesPerSec, undefined)
  })

  test('missing files are a failed reading', async () => {
    await assert.rejects(hostReader({ proc: '/nowhere', sys: '/nowhere' }, 'linux').sample())
  })

  test('on other systems the values come from Node', async () => {
    const sample = await hostReader({ proc: '/nowhere', sys: '/nowhere' }, 'darwin').sample()
    assert.ok(sample.cpu.busy > 0 && sample.cpu.idle > 0)
    assert.equal(sample.cpu.steal, 0)
    assert.ok(sample.memoryUsedBytes > 0 && sample.memoryUsedBytes < sample.memoryLimitBytes)
  })
})
