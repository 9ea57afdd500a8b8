import { availableParallelism, cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeReport } from '@levee/control-plane/contract'
import type { CarriedRoom } from '@levee/control-plane/protocol/shapes/nodes'
import { capacityOf, type Overrides } from '../capacity/capacity.ts'
import type { Resources } from '@levee/control-plane/protocol/resources'
import { learn, perTrack, type Learnt } from '../capacity/track-cost.ts'
import type { CpuScope } from '../config.ts'
import type { LivekitMetrics, LivekitReader } from '../livekit/reader.ts'
import { LEARN_MAX_STEAL } from '../tuning/capacity.ts'
import { CPU_RATE, TRAFFIC_RATE } from '../tuning/readings.ts'
import type { HostReader, HostSample, HostShape } from './host.ts'
import { counterRate } from './rate.ts'

/** Everything in a report except LiveKit's state. null: the reading failed, or the samples span too little time. */
export type Reading = {
  rooms: CarriedRoom[] | null
  load: Resources | null
  capacity: Resources
  host: NodeReport['host']
  /** Bytes/s sent through the network interface with the default route, all processes; null: not available. */
  transmitBytesPerSec: number | null
  /** Unix time by this machine's clock at which LiveKit's process started; null: not available. */
  startedAtSec: number | null
}

export type ReadingName = 'host' | 'rooms' | 'metrics'

export type Readings = {
  /** One reading of the machine, and of LiveKit if it is up. Never rejects. */
  take(livekitUp: boolean): Promise<Reading>
  /** The latest values of the machine without LiveKit's: for a report that must not wait for a reading. */
  withoutLivekit(): Reading
}

/** Takes two readings of the machine, a quarter second apart, so that rates are available. */
export async function startReadings(options: {
  livekit: LivekitReader
  hostReader: HostReader
  scope: CpuScope | undefined
  overrides: Overrides
  /** Called for each failed reading. */
  onFailure: (reading: ReadingName, error: unknown) => void
  onSuccess: (reading: ReadingName) => void
}): Promise<{ readings: Readings; shape: HostShape; scope: CpuScope }> {
  const { livekit, hostReader, overrides, onFailure, onSuccess } = options
  const shape = await hostReader.shape()
  const limited = shape.cpuLimitCores !== undefined && shape.cpuLimitCores < shape.cores
  const scope = options.scope ?? (limited ? 'cgroup' : 'host')
  const machine = {
    cores: scope === 'host' ? shape.cores : Math.min(shape.cores, shape.cpuLimitCores ?? shape.cores),
    nicBytesPerSec: shape.nicBytesPerSec,
  }
  const hostCores = Math.max(cpus().length, availableParallelism())

  const ticks = () => counterRate({ ...CPU_RATE, onFall: 'jitter' })
  const hostTicks = { busy: ticks(), steal: ticks(), idle: ticks() }
  const groupCpu = ticks()
  const livekitCpu = counterRate(CPU_RATE)
  const egress = counterRate(TRAFFIC_RATE)
  const packets = counterRate(TRAFFIC_RATE)
  const transmit = counterRate(CPU_RATE)
  let learnt: Learnt | undefined
  let downAtMs = Number.NEGATIVE_INFINITY
  let host: NodeReport['host'] = { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 0, memoryLimitBytes: 0 }

  const attempt = async <T>(name: ReadingName, read: () => Promise<T>): Promise<T | null> => {
    try {
      const value = await read()
      onSuccess(name)
      return value
    } catch (error) {
      onFailure(name, error)
      return null
    }
  }

  const takeHost = (sample: HostSample) => {
    for (const kind of ['busy', 'steal', 'idle'] as const) hostTicks[kind].add(sample.cpu[kind], sample.atMs)
    if (sample.cgroup.cpuSecondsTotal !== undefined) groupCpu.add(sample.cgroup.cpuSecondsTotal, sample.atMs)
    if (sample.transmitBytesTotal !== undefined) transmit.add(sample.transmitBytesTotal, sample.atMs)
    const busy = hostTicks.busy.perSecond() ?? 0
    const steal = hostTicks.steal.perSecond() ?? 0
    const all = busy + steal + (hostTicks.idle.perSecond() ?? 0)
    host = {
      cpuBusy: all > 0 ? busy / all : host.cpuBusy,
      cpuSteal: all > 0 ? steal / all : host.cpuSteal,
      memoryUsedBytes: sample.memoryUsedBytes,
      memoryLimitBytes: sample.memoryLimitBytes,
    }
  }

  const cpuCores = (sample: HostSample, metrics: LivekitMetrics): number | null => {
    if (scope === 'process' && metrics.cpuSecondsTotal !== undefined) return livekitCpu.perSecond()
    if (scope === 'cgroup' && sample.cgroup.cpuSecondsTotal !== undefined) return groupCpu.perSecond()
    return hostTicks.busy.perSecond() === null ? null : host.cpuBusy * hostCores
  }

  const loadOf = (sample: HostSample | null, metrics: LivekitMetrics | null): Resources | null => {
    if (!sample || !metrics) return null
    const values = {
      cpuCores: cpuCores(sample, metrics),
      egressBytesPerSec: egress.perSecond(),
      packetsPerSec: packets.perSecond(),
      tracks: metrics.tracks,
    }
    const { cpuCores: cores, egressBytesPerSec, packetsPerSec } = values
    if (cores === null || egressBytesPerSec === null || packetsPerSec === null) return null
    return { cpuCores: cores, egressBytesPerSec, packetsPerSec, tracks: metrics.tracks }
  }

  const readMetrics = async (): Promise<LivekitMetrics> => {
    const metrics = await livekit.metrics()
    const atMs = performance.now()
    egress.add(metrics.egressBytesTotal, atMs)
    packets.add(metrics.packetsTotal, atMs)
    if (metrics.cpuSecondsTotal !== undefined) livekitCpu.add(metrics.cpuSecondsTotal, atMs)
    return metrics
  }

  /** Learns the cost of a track, unless LiveKit was down or the hypervisor took CPU time during the measurement. */
  const teach = (load: Resources) => {
    if (host.cpuSteal > LEARN_MAX_STEAL) return
    if (performance.now() - downAtMs < TRAFFIC_RATE.windowMs) return
    learnt = learn(learnt, load, overrides.cpuCores ?? machine.cores)
  }

  const machineNow = () => ({
    capacity: capacityOf(machine, perTrack(learnt), overrides),
    host,
    transmitBytesPerSec: transmit.perSecond(),
  })

  const readings: Readings = {
    async take(livekitUp) {
      const [sample, metrics, rooms] = await Promise.all([
        attempt('host', () => hostReader.sample()),
        livekitUp ? attempt('metrics', readMetrics) : null,
        livekitUp ? attempt('rooms', () => livekit.rooms()) : null,
      ])
      if (sample) takeHost(sample)
      const load = loadOf(sample, metrics)
      if (!livekitUp) downAtMs = performance.now()
      if (load) teach(load)
      return { ...machineNow(), rooms, load, startedAtSec: metrics?.startedAtSec ?? null }
    },
    withoutLivekit() {
      downAtMs = performance.now()
      return { ...machineNow(), rooms: null, load: null, startedAtSec: null }
    },
  }

  // Rates need two readings. A LiveKit that is not up yet is not a failure at this point.
  const prime = async () => {
    const [sample] = await Promise.all([
      attempt('host', () => hostReader.sample()),
      readMetrics().catch(() => null),
    ])
    if (sample) takeHost(sample)
  }
  await prime()
  await sleep(CPU_RATE.minSpanMs)
  await prime()
  return { readings, shape, scope }
}
