import { type Row, table, verdict } from '../../../lib/report/markdown.ts'
import { type JoinsByFleetSize, ROUTES, type Route } from '../routes.ts'
import { type PlacementResults, whole } from './results.ts'

const ROUTE_NAMES: Record<Route, string> = {
  bare: 'bare Fastify, another process',
  trivial: 'trivial route of the same process',
  placed: 'join, placed room',
  fresh: 'join, new room',
}

type Cell = { nodes: number } & JoinsByFleetSize['byCallers'][number]

const shareOf = (route: Route) => (cell: Cell) => cell[route].perSec / cell.trivial.perSec

function rowOf(cell: Cell, route: Route): Row {
  const { perSec, p50Ms, p99Ms, cpu } = cell[route]
  const micros = [cpu.replica, cpu.redis, cpu.generator].map((one) => one.toFixed(0)).join(' + ')
  return [
    cell.nodes,
    cell.callers,
    ROUTE_NAMES[route],
    whole(perSec),
    `${p50Ms.toFixed(2)} / ${p99Ms.toFixed(2)}`,
    shareOf(route)(cell).toFixed(2),
    route === 'bare' ? '' : micros,
  ]
}

export function httpSection({ http, cores }: PlacementResults): string {
  const cells: Cell[] = http.flatMap(({ nodes, byCallers }) => byCallers.map((one) => ({ nodes, ...one })))
  const nodeClient = http.map(({ nodes, nodeClient: { bare, placed } }): Row => [
    nodes,
    whole(bare),
    whole(placed),
    (placed / bare).toFixed(2),
  ])
  return [
    '## Through HTTP, one replica',
    '',
    'autocannon; a caller is a kept-alive connection with one request in progress:',
    '',
    table(
      [
        'nodes',
        'callers',
        'route',
        'per second',
        'p50 / p99 ms',
        '× trivial route',
        'CPU µs: replica + Redis + generator',
      ],
      cells.flatMap((cell) => ROUTES.map((route) => rowOf(cell, route))),
    ),
    '',
    limits(http, cells, cores),
    '',
    'Node’s own HTTP client, 32 connections:',
    '',
    table(['nodes', 'bare Fastify', 'join, placed room', 'ratio'], nodeClient),
    '',
    ...verdicts(http, cells),
  ].join('\n')
}

/** The busiest cell with several callers: a single caller waits for each answer, so its rate is not a throughput. */
const busiest = (cells: readonly Cell[], one: JoinsByFleetSize | undefined) =>
  cells.findLast(({ nodes, callers }) => callers > 1 && nodes === one?.nodes)

/** The limit is reached when all cores are busy, or the single thread of the replica is. */
function limits(http: readonly JoinsByFleetSize[], cells: readonly Cell[], cores: number): string {
  const limit = (route: Route) => {
    const { cpu } = busiest(cells, http.at(-1))?.[route] ?? {}
    if (!cpu) return ''
    const allCores = (1e6 * cores) / (cpu.replica + cpu.redis + cpu.generator)
    return whole(Math.min(allCores, 1e6 / cpu.replica))
  }
  return `By their CPU, ${cores} cores could handle ${limit('trivial')} trivial requests, ${limit('placed')} joins of placed rooms or ${limit('fresh')} of new rooms per second, if no part ever waited for another.`
}

function verdicts(http: readonly JoinsByFleetSize[], cells: readonly Cell[]): string[] {
  const several = cells.filter(({ callers }) => callers > 1)
  const [first, last] = [http[0], http.at(-1)]
  const growth = (route: Route) => {
    const [small, large] = [busiest(cells, first), busiest(cells, last)]
    return small && large ? shareOf(route)(small) / shareOf(route)(large) : 1
  }
  const worst = (route: Route) => Math.min(...several.map(shareOf(route)))
  const [placed, fresh] = [worst('placed'), worst('fresh')]
  const client = Math.min(...http.map(({ nodeClient }) => nodeClient.placed / nodeClient.bare))
  const sizes = `${last?.nodes} nodes against ${first?.nodes}`
  const [placedGrowth, freshGrowth] = [growth('placed'), growth('fresh')]
  const autocannon = 'against the trivial route, autocannon, worst of 16 and 64 callers'
  return [
    verdict(`Placed room ${autocannon}`, placed, placed >= 0.4, '≥ 0.40'),
    verdict('Placed room against bare Fastify, Node’s client, worst fleet', client, client >= 0.4, '≥ 0.40'),
    verdict(`New room ${autocannon}`, fresh, fresh >= 0.25, '≥ 0.25'),
    verdict(`${sizes}, placed rooms`, placedGrowth, placedGrowth <= 1.2, '≤ 1.20'),
    verdict(`${sizes}, new rooms`, freshGrowth, freshGrowth <= 1.2, '≤ 1.20'),
  ]
}
