// What one report costs, in fleets of any size.
import { setTimeout as sleep } from 'node:timers/promises'
import { startControlPlanes } from '@levee/deploy/control-plane-stack'
import { measureUsage } from '../../lib/usage.ts'
import { openFleet } from '../../simulator/nodes/fleet.ts'
import { FLEET_SEED, REPORT_COST_IDLE_SEC, REPORT_COST_SEC, REPORTS_PER_SEC } from '../tuning.ts'
import { pidsOf, sitesFor } from './joins-beside-reports.ts'

export interface ReportCost {
  nodes: number
  reportsPerSec: number
  /** CPU per report in microseconds, including everything else that the process does while the fleet reports. */
  replicaMicros: number
  redisMicros: number
  simulatorMicros: number
  /** CPU in cores without reports: sweeps and the like. */
  idle: { replica: number; redis: number }
  otherCpuShare: number
}

/** The number of reports per second is the same for each size of the fleet. */
export async function measureReportCost(nodes: number, signal: AbortSignal): Promise<ReportCost> {
  const stack = await startControlPlanes({ logLevel: 'warn', signal })
  const reportEveryMs = (nodes / REPORTS_PER_SEC) * 1_000
  const fleet = openFleet({
    ...stack,
    nodes,
    sites: sitesFor(nodes),
    seed: FLEET_SEED,
    reportEveryMs,
    signal,
  })
  try {
    await fleet.enrol()
    await fleet.allReported(2)
    const before = fleet.counts.accepted
    const stop = measureUsage(pidsOf(stack))
    await sleep(REPORT_COST_SEC * 1_000, undefined, { signal })
    const { cores, seconds, otherCores } = stop()
    const reports = fleet.counts.accepted - before
    await fleet.stopReports()
    const stopIdle = measureUsage(pidsOf(stack))
    await sleep(REPORT_COST_IDLE_SEC * 1_000, undefined, { signal })
    const idle = stopIdle().cores
    const micros = (name: string) => ((cores[name] ?? 0) * seconds * 1e6) / reports
    fleet.throwOwnError()
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
