import { type Row, table, verdict } from '../../../lib/report/markdown.ts'
import { PEER_GROWTH_CALLERS } from '../../tuning.ts'
import { type PlacementResults, whole } from './results.ts'

export function peerSection(results: PlacementResults): string {
  const { peers, versions } = results
  const picks = peers.selector.flatMap(({ nodes, selectors }) =>
    selectors.map(({ name, picksPerSec, p50Us, p99Us }): Row => [
      nodes,
      name,
      whole(picksPerSec),
      `${p50Us.toFixed(0)} / ${p99Us.toFixed(0)}`,
    ]),
  )
  return [
    `## LiveKit v${versions.livekit}’s own placement`,
    '',
    '`CreateRoom` of its real server in cluster mode, on a Redis of its own; the other nodes of the fleet are seeded as fresh records. It does more than a placement: the room starts on the node. It also does less: it reserves no capacity, its default selector ignores load, and the heartbeats of the seeded nodes are not written.',
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
      createRoomRows(results),
    ),
    '',
    growth(results),
    '',
    'Its selectors in memory, without Redis:',
    '',
    table(['nodes', 'selector', 'picks/s', 'p50 / p99 µs'], picks),
    '',
    createRoomVerdict(results),
    '',
    raceSection(results),
  ].join('\n')
}

const newRoomsPerSec = ({ store }: PlacementResults, nodes: number, callers: number) =>
  store.placements.find((one) => one.nodes === nodes && one.callers === callers)?.fresh.perSec

const createRoomRows = (results: PlacementResults): Row[] =>
  results.peers.createRoom.map(({ nodes, callers, roomsPerSec, p50Ms, p99Ms, redisBytesPerRoom }) => {
    const ours = newRoomsPerSec(results, nodes, callers)
    return [
      nodes,
      callers,
      roomsPerSec.toFixed(0),
      `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(0)}`,
      whole(redisBytesPerRoom),
      ours === undefined ? '' : whole(ours),
      ours === undefined ? '' : `${whole(ours / roomsPerSec)} ×`,
    ]
  })

function growth(results: PlacementResults): string {
  const sizes = results.peers.createRoom.map(({ nodes }) => nodes)
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)]
  const theirs = (nodes: number) =>
    results.peers.createRoom.find((one) => one.nodes === nodes && one.callers === PEER_GROWTH_CALLERS)
      ?.roomsPerSec ?? 0
  const ours = (nodes: number) => newRoomsPerSec(results, nodes, PEER_GROWTH_CALLERS) ?? 0
  const times = (rate: (nodes: number) => number) => (rate(smallest) / rate(largest)).toFixed(1)
  return `From ${smallest} to ${whole(largest)} nodes, the cost of a room grows ${times(theirs)} times with LiveKit and ${times(ours)} times with Levee (${PEER_GROWTH_CALLERS} callers).`
}

function createRoomVerdict({ peers, store }: PlacementResults): string {
  const largest = Math.max(...peers.createRoom.map(({ nodes }) => nodes))
  const at = <T extends { nodes: number }>(all: readonly T[]) => all.filter(({ nodes }) => nodes === largest)
  const theirs = Math.max(...at(peers.createRoom).map((one) => one.roomsPerSec))
  const ours = Math.max(...at(store.placements).map((one) => one.fresh.perSec))
  return verdict(
    `Levee’s new rooms against CreateRoom at ${largest} nodes`,
    ours / theirs,
    ours / theirs >= 300,
    '≥ 300',
    0,
  )
}

function raceSection({ peers, store }: PlacementResults): string {
  const { race, raceServers } = peers
  const { split } = store.race
  return [
    '## The same room placed by several at once',
    '',
    table(
      ['', 'rooms', 'racers', 'split'],
      [
        ['Levee, 16 replicas', 2_000, 16, split],
        ['LiveKit’s allocator, by what each wrote or found', race.rooms, race.replicas, race.splitByAnswer],
        ['LiveKit’s allocator, by what each then used', race.rooms, race.replicas, race.splitByUse],
        [
          'two LiveKit servers, room on both afterwards',
          raceServers.rooms,
          raceServers.servers,
          raceServers.hostedTwice,
        ],
      ],
    ),
    '',
    verdict('Split rooms', split, split === 0, '0', 0),
  ].join('\n')
}
