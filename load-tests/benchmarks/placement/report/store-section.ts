import { type Row, table, verdict } from '../../../lib/report/markdown.ts'
import { type PlacementResults, whole } from './results.ts'

export function scriptSection({ store }: PlacementResults): string {
  const rows = store.placements.map(({ nodes, callers, fresh, placed }): Row => [
    nodes,
    callers,
    whole(fresh.perSec),
    `${fresh.p50Ms.toFixed(2)} / ${fresh.p99Ms.toFixed(2)}`,
    fresh.redisMicros.toFixed(0),
    whole(placed.perSec),
    `${placed.p50Ms.toFixed(2)} / ${placed.p99Ms.toFixed(2)}`,
    placed.redisMicros.toFixed(0),
  ])
  const reports = store.reports.map(({ nodes, perSec, redisMicros, replicaMicros }): Row => [
    nodes,
    whole(perSec),
    redisMicros.toFixed(0),
    replicaMicros.toFixed(0),
  ])
  return [
    '## Scripts alone',
    '',
    table(
      ['nodes', 'callers', 'new rooms/s', 'p50 / p99 ms', 'Redis µs', 'placed/s', 'p50 / p99 ms', 'Redis µs'],
      rows,
    ),
    '',
    'Reports, 256 at a time:',
    '',
    table(['nodes', 'per second', 'Redis µs', 'client µs'], reports),
  ].join('\n')
}

export function peakSection({ store }: PlacementResults): string {
  const peak = store.peak.at(-1)?.peak ?? Infinity
  return [
    '## Peak load after a burst',
    '',
    '1,000 nodes with a capacity of 100 tracks; rooms of 1–20 tracks that declare nothing, all within 10 s; a report every 5 s.',
    '',
    table(
      ['rule', 'peak', 'mean', 'refused'],
      store.peak.map((one) => [one.rule, one.peak, one.mean.toFixed(1), one.refused]),
    ),
    '',
    verdict('Peak', peak, peak <= 115, '≤ 115', 0),
  ].join('\n')
}

export function memorySection({ store }: PlacementResults): string {
  const { bytesPerNode, perRoom } = store.memory
  const rows = perRoom.map(({ rooms, bytes, redisMicrosPerJoin }): Row => [
    whole(rooms),
    bytes.toFixed(0),
    redisMicrosPerJoin.toFixed(0),
  ])
  const bytesPerRoom = Math.max(...perRoom.map(({ bytes }) => bytes))
  return [
    '## Memory of Redis',
    '',
    table(['idle rooms', 'bytes each', 'Redis µs per placed join'], rows),
    '',
    verdict('Bytes per node', bytesPerNode, bytesPerNode <= 2_048, '≤ 2,048', 0),
    verdict('Bytes per idle room', bytesPerRoom, bytesPerRoom <= 600, '≤ 600', 0),
  ].join('\n')
}
