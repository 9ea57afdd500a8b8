import { table, verdict } from '../../../lib/report/markdown.ts'
import { type PlacementResults, whole } from './results.ts'

export function reportingSection({ reporting }: PlacementResults): string {
  const { joins, cores } = reporting
  const refused = Object.entries(joins.refused).map(([code, count]) => `${code} ${count}`)
  return [
    '## 20,000 nodes reporting while participants join',
    '',
    table(
      [
        'reports/s',
        'joins/s',
        'p50 ms',
        'p99 ms',
        'p99.9 ms',
        'replica, cores',
        'Redis, cores',
        'simulator, cores',
      ],
      [
        [
          whole(reporting.reportsPerSec),
          whole(joins.perSec),
          joins.p50Ms.toFixed(1),
          joins.p99Ms.toFixed(1),
          joins.p999Ms.toFixed(1),
          cores.replicas.toFixed(2),
          cores.redis.toFixed(2),
          cores.simulator.toFixed(2),
        ],
      ],
    ),
    '',
    `Refused: ${refused.join(', ') || 'none'}; unanswered: ${joins.unanswered}. The generator itself sent joins ${joins.lateP99Ms.toFixed(1)} ms late (p99).`,
    '',
    verdict('Join p99, ms', joins.p99Ms, joins.p99Ms < 25, '< 25', 1),
  ].join('\n')
}
