// What one report costs, in fleets of any size.
import { setTimeout as sleep } from 'node:timers/promises'
import { startControlPlanes } from '../../deploy/stack/control-plane-stack.ts'
import { openFleet } from './fleet.ts'
import { pidsOf, sitesFor } from './report-scale.ts'
import { measureUsage } from '../lib/usage.ts'

const SEED = 1

export interface ReportCost {
  nodes: number
  reportsPerSec: number
  /** CPU per report, microseconds: all that the process does while the fleet reports. */
  replicaMicros: number
  redisMicros: number
  simulatorMicros: number
  /** CPU in cores while nobody reports: sweeps and the like. */
  idle: { replica: number; redis: number }
  otherCpuShare: number
}

const COST_REPORTS_PER_SEC = 2_500
const COST_SEC = 10
const IDLE_SEC = 4

/** What a report costs in a fleet of `nodes`, at the same number of reports a second whatever the size. */
export async function cost(nodes: number, signal?: AbortSignal): Promise<ReportCost> {
  const stack = await startControlPlanes({ logLevel: 'warn', ...(signal && { signal }) })
  const reportEveryMs = (nodes / COST_REPORTS_PER_SEC) * 1_000
  const fleet = openFleet({ ...stack, nodes, sites: sitesFor(nodes), seed: SEED, reportEveryMs, signal })
  try {
    await fleet.enrol()
    await fleet.heard(2)
    const before = fleet.counts.taken
    const stop = measureUsage(pidsOf(stack))
    await sleep(COST_SEC * 1_000, undefined, { ...(signal && { signal }) })
    const { cores, seconds, otherCores } = stop()
    const reports = fleet.counts.taken - before
    await fleet.hush()
    const stopIdle = measureUsage(pidsOf(stack))
    await sleep(IDLE_SEC * 1_000, undefined, { ...(signal && { signal }) })
    const idle = stopIdle().cores
    const micros = (name: string) => ((cores[name] ?? 0) * seconds * 1e6) / reports
    fleet.throwFault()
    return {
      nodes,
      reportsPerSec: reports / seconds,
      replicaMicros: micros('replica 0'),
      redisMicros: micros('redis'),
      simulatorMicros: micros('simulator'),
      idle: { replica: idle['replica 0'] ?? 0, redis: idle['redis'] ?? 0 },
      otherCpuShare: otherCores,
    }
  } finally {
    fleet.close()
    await stack.stop()
  }
}
