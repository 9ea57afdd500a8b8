import { REPORT_CPU_OVERLOAD_MAX } from '../protocol/limits.ts'
import type { Resources } from '../protocol/resources.ts'

/**
 * Tracks of a room in which everybody sends sound and picture to everybody: 2 published + 2 subscribed from each
 * other person, about 2·n². Above 12 people a client shows, and so subscribes to, at most 12 pictures.
 */
export function expectedTracks(participants: number): number {
  const seen = Math.min(participants - 1, 12)
  return participants * (2 + seen + (participants - 1))
}

/** Fields of a report that contradict each other; empty when it can be true. */
export function impossibleFields(report: {
  load: Resources | null
  capacity: Resources
  host: { cpuBusy: number; cpuSteal: number; memoryUsedBytes: number; memoryLimitBytes: number }
}): { field: string; message: string }[] {
  const faults: { field: string; message: string }[] = []
  if (report.capacity.tracks < 1) faults.push({ field: '/capacity/tracks', message: 'must be at least 1' })
  if (report.capacity.cpuCores <= 0) faults.push({ field: '/capacity/cpuCores', message: 'must be above 0' })
  // A reading taken over a short interval may overshoot; ten times the machine is a fault of the reading.
  if (report.load && report.load.cpuCores > report.capacity.cpuCores * REPORT_CPU_OVERLOAD_MAX)
    faults.push({ field: '/load/cpuCores', message: 'is more than ten times the capacity' })
  if (report.host.memoryLimitBytes > 0 && report.host.memoryUsedBytes > report.host.memoryLimitBytes * 2)
    faults.push({ field: '/host/memoryUsedBytes', message: 'is more than twice the limit' })
  if (report.host.cpuBusy + report.host.cpuSteal > 1.01)
    faults.push({ field: '/host/cpuSteal', message: 'busy and steal together exceed 1' })
  return faults
}
