// The figures as text and as a chart.
import { availableParallelism } from 'node:os'
import { type Row, table, verdict } from '../../lib/report/markdown.ts'
import type { ReportScale } from '../../simulator/report-scale.ts'
import { type HttpFigures, ROUTES, type Route } from './http.ts'
import type { PeerFigures } from './peers/peers.ts'
import { plot } from './plot.ts'

/** What control-plane/bench/placement.ts prints. */
export interface StoreFigures {
  peak: { rule: string; peak: number; mean: number; refused: number }[]
  race: { split: number }
  placements: { nodes: number; callers: number; fresh: Timing; placed: Timing }[]
  reports: { nodes: number; perSec: number; redisMicros: number; replicaMicros: number }[]
  memory: {
    bytesPerNode: number
    perRoom: { rooms: number; bytes: number; redisMicrosPerJoin: number }[]
  }
}
interface Timing {
  perSec: number
  p50Ms: number
  p99Ms: number
  redisMicros: number
  replicaMicros: number
}

export interface Figures {
  machine: string
  date: string
  store: StoreFigures
  http: HttpFigures[]
  peers: PeerFigures
  scale: ReportScale
}

const CORES = availableParallelism()

const whole = (value: number): string => Math.round(value).toLocaleString('en-GB')

const ROUTE_NAMES: Record<Route, string> = {
  bare: 'bare Fastify, another process',
  trivial: 'trivial route of the same process',
  placed: 'join, placed room',
  fresh: 'join, new room',
}

function httpSection({ http }: Figures): string {
  const cells = http.flatMap(({ nodes, byCallers }) => byCallers.map((one) => ({ nodes, ...one })))
  const rows = cells.flatMap((cell) =>
    ROUTES.map((route): Row => {
      const { perSec, p50Ms, p99Ms, cpu } = cell[route]
      const share = (perSec / cell.trivial.perSec).toFixed(2)
      return [
        cell.nodes,
        cell.callers,
        ROUTE_NAMES[route],
        whole(perSec),
        `${p50Ms.toFixed(2)} / ${p99Ms.toFixed(2)}`,
        share,
        route === 'bare'
          ? ''
          : [cpu.replica, cpu.redis, cpu.generator].map((micros) => micros.toFixed(0)).join(' + '),
      ]
    }),
  )
  const plain = http.map(({ nodes, plain: { bare, placed } }): Row => [
    nodes,
    whole(bare),
    whole(placed),
    (placed / bare).toFixed(2),
  ])
  // One caller waits for each answer: that is no throughput.
  const crowds = cells.filter(({ callers }) => callers > 1)
  const share = (route: Route) => (cell: (typeof cells)[number]) => cell[route].perSec / cell.trivial.perSec
  const placedRatio = Math.min(...crowds.map(share('placed')))
  const freshRatio = Math.min(...crowds.map(share('fresh')))
  const plainRatio = Math.min(...http.map(({ plain: { placed, bare } }) => placed / bare))
  const [first, last] = [http[0], http.at(-1)]
  const crowdOf = (one: HttpFigures | undefined) => crowds.findLast(({ nodes }) => nodes === one?.nodes)
  const growth = (route: Route) => {
    const [few, many] = [crowdOf(first), crowdOf(last)]
    return few && many ? share(route)(few) / share(route)(many) : 1
  }
  // What the machine could do at best: all its cores busy, and the one thread of the replica too.
  const bound = (route: Route) => {
    const { cpu } = crowdOf(last)?.[route] ?? {}
    if (!cpu) return ''
    const all = (1e6 * CORES) / (cpu.replica + cpu.redis + cpu.generator)
    return whole(Math.min(all, 1e6 / cpu.replica))
  }
  const placedGrowth = growth('placed')
  const freshGrowth = growth('fresh')
  return [
    '## Through HTTP, one replica',
    '',
    'autocannon; a caller is a kept-alive connection with one request under way:',
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
      rows,
    ),
    '',
    `By their CPU, ${CORES} cores could bear ${bound('trivial')} trivial answers, ${bound('placed')} joins of placed rooms or ${bound('fresh')} of new ones a second, if nothing ever waited for anything.`,
    '',
    'Node’s own HTTP client, 32 connections:',
    '',
    table(['nodes', 'bare Fastify', 'join, placed room', 'ratio'], plain),
    '',
    verdict(
      'Placed room against the trivial route, autocannon, worst of 16 and 64 callers',
      placedRatio,
      placedRatio >= 0.4,
      '≥ 0.40',
    ),
    verdict(
      'Placed room against bare Fastify, Node’s client, worst fleet',
      plainRatio,
      plainRatio >= 0.4,
      '≥ 0.40',
    ),
    verdict(
      'New room against the trivial route, autocannon, worst of 16 and 64 callers',
      freshRatio,
      freshRatio >= 0.25,
      '≥ 0.25',
    ),
    verdict(
      `${last?.nodes} nodes against ${first?.nodes}, placed rooms`,
      placedGrowth,
      placedGrowth <= 1.2,
      '≤ 1.20',
    ),
    verdict(
      `${last?.nodes} nodes against ${first?.nodes}, new rooms`,
      freshGrowth,
      freshGrowth <= 1.2,
      '≤ 1.20',
    ),
  ].join('\n')
}

function scriptSection({ store }: Figures): string {
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

function peerSection({ peers, store }: Figures): string {
  const ours = (nodes: number, callers: number) =>
    store.placements.find((one) => one.nodes === nodes && one.callers === callers)?.fresh.perSec
  const created = peers.createRoom.map(
    ({ nodes, callers, roomsPerSec, p50Ms, p99Ms, redisBytesPerRoom }): Row => {
      const mine = ours(nodes, callers)
      return [
        nodes,
        callers,
        roomsPerSec.toFixed(0),
        `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(0)}`,
        whole(redisBytesPerRoom),
        mine === undefined ? '' : whole(mine),
        mine === undefined ? '' : `${whole(mine / roomsPerSec)} ×`,
      ]
    },
  )
  const picks = peers.selector.flatMap(({ nodes, selectors }) =>
    selectors.map(({ name, picksPerSec, p50Us, p99Us }): Row => [
      nodes,
      name,
      whole(picksPerSec),
      `${p50Us.toFixed(0)} / ${p99Us.toFixed(0)}`,
    ]),
  )
  const largest = Math.max(...peers.createRoom.map(({ nodes }) => nodes))
  const best = Math.max(
    ...peers.createRoom.filter(({ nodes }) => nodes === largest).map((one) => one.roomsPerSec),
  )
  const mine = Math.max(
    ...store.placements.filter(({ nodes }) => nodes === largest).map((one) => one.fresh.perSec),
  )
  const { race, raceServers } = peers
  const smallest = Math.min(...peers.createRoom.map(({ nodes }) => nodes))
  const CALLERS = 16
  const theirs = (nodes: number) =>
    peers.createRoom.find((one) => one.nodes === nodes && one.callers === CALLERS)?.roomsPerSec ?? 0
  const slope = [theirs, (nodes: number) => ours(nodes, CALLERS) ?? 0].map(
    (rate) => rate(smallest) / rate(largest),
  )
  return [
    '## LiveKit v1.13.5’s own placement',
    '',
    'Its real server’s `CreateRoom` in cluster mode on a Redis of its own, the fleet’s other nodes seeded as fresh records. It does more than a placement: the room comes alive on the node. It does less: no capacity is reserved, no load is weighed by its default selector, and the heartbeats of the seeded nodes are not written.',
    '',
    table(
      [
        'nodes',
        'callers',
        'rooms/s',
        'p50 / p99 ms',
        'Redis bytes per room',
        'Levee, new rooms/s (scripts)',
        'ratio',
      ],
      created,
    ),
    '',
    `The slope: from ${smallest} to ${whole(largest)} nodes a room of LiveKit’s becomes ${slope[0]?.toFixed(1)} times as dear, one of Levee’s ${slope[1]?.toFixed(1)} times (${CALLERS} callers).`,
    '',
    'Its selectors in memory, without Redis:',
    '',
    table(['nodes', 'selector', 'picks/s', 'p50 / p99 µs'], picks),
    '',
    verdict(
      `Levee’s new rooms against CreateRoom at ${largest} nodes`,
      mine / best,
      mine / best >= 300,
      '≥ 300',
      0,
    ),
    '',
    '## The same room placed by several at once',
    '',
    table(
      ['', 'rooms', 'racers', 'split'],
      [
        ['Levee, 16 replicas', 2_000, 16, store.race.split],
        ['LiveKit’s allocator, by what each wrote or found', race.rooms, race.replicas, race.splitByAnswer],
        ['LiveKit’s allocator, by what each goes on with', race.rooms, race.replicas, race.splitByUse],
        [
          'two LiveKit servers, alive on both afterwards',
          raceServers.rooms,
          raceServers.servers,
          raceServers.hostedTwice,
        ],
      ],
    ),
    '',
    verdict('Split rooms', store.race.split, store.race.split === 0, '0', 0),
  ].join('\n')
}

function loadSection({ store, scale }: Figures): string {
  const ours = store.peak.at(-1)
  const rooms = store.memory.perRoom.map(({ rooms: count, bytes, redisMicrosPerJoin }): Row => [
    whole(count),
    bytes.toFixed(0),
    redisMicrosPerJoin.toFixed(0),
  ])
  const perRoom = Math.max(...store.memory.perRoom.map(({ bytes }) => bytes))
  const { joins, cpuShare } = scale
  return [
    '## Peak load after a burst',
    '',
    '1,000 nodes of capacity 100, rooms of 1–20 tracks that nobody declares, all within 10 s, reports every 5 s.',
    '',
    table(
      ['rule', 'peak', 'mean', 'refused'],
      store.peak.map(({ rule, peak, mean, refused }) => [rule, peak, mean.toFixed(1), refused]),
    ),
    '',
    verdict('Peak', ours?.peak ?? 0, (ours?.peak ?? 1_000) <= 115, '≤ 115', 0),
    '',
    '## 20,000 nodes reporting while people join',
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
          whole(scale.reportsPerSec),
          whole(joins.perSec),
          joins.p50Ms.toFixed(1),
          joins.p99Ms.toFixed(1),
          joins.p999Ms.toFixed(1),
          cpuShare.replicas.toFixed(2),
          cpuShare.redis.toFixed(2),
          scale.simulatorCpuShare.toFixed(2),
        ],
      ],
    ),
    '',
    `Refused: ${JSON.stringify(joins.refused)}; unanswered: ${joins.unanswered}. The joiners were ${joins.lateP99Ms.toFixed(1)} ms late themselves (p99).`,
    '',
    verdict('Join p99, ms', joins.p99Ms, joins.p99Ms < 25, '< 25', 1),
    '',
    '## Memory of Redis',
    '',
    table(['idle rooms', 'bytes each', 'Redis µs per placed join'], rooms),
    '',
    verdict('Bytes per node', store.memory.bytesPerNode, store.memory.bytesPerNode <= 2_048, '≤ 2,048', 0),
    verdict('Bytes per idle room', perRoom, perRoom <= 600, '≤ 600', 0),
  ].join('\n')
}

export function reportOf(figures: Figures): string {
  const { date, machine } = figures
  return [
    `# Placement, ${date}`,
    `Machine: ${machine}. Everything on it, in one run: generator, servers, Redis. \`npm run bench:placement\`.`,
    `![Placements per second over the number of nodes](${date}-placement.svg)`,
    httpSection(figures),
    scriptSection(figures),
    peerSection(figures),
    loadSection(figures),
    '',
  ].join('\n\n')
}

export function chartOf({ store, http, peers }: Figures): string {
  const of = (callers: number, pick: 'fresh' | 'placed') =>
    store.placements
      .filter((one) => one.callers === callers)
      .map((one) => ({ x: one.nodes, y: one[pick].perSec }))
  const overHttp = (route: Route) =>
    http.map(({ nodes, byCallers }) => ({ x: nodes, y: byCallers.at(-1)?.[route].perSec ?? 0 }))
  return plot('Placements per second, by the size of the fleet', 'nodes', 'per second', [
    { name: 'Levee, placed, scripts, 64 callers', points: of(64, 'placed') },
    { name: 'Levee, new, scripts, 64 callers', points: of(64, 'fresh') },
    {
      name: 'Levee, placed, through HTTP, 64 callers',
      points: overHttp('placed'),
    },
    {
      name: 'Levee, new, through HTTP, 64 callers',
      points: overHttp('fresh'),
    },
    {
      name: 'LiveKit CreateRoom, 16 callers',
      points: peers.createRoom
        .filter(({ callers }) => callers === 16)
        .map((one) => ({ x: one.nodes, y: one.roomsPerSec })),
    },
    {
      name: 'LiveKit CreateRoom, 1 caller',
      points: peers.createRoom
        .filter(({ callers }) => callers === 1)
        .map((one) => ({ x: one.nodes, y: one.roomsPerSec })),
    },
  ])
}
