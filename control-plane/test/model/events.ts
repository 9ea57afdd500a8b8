/** Everything that can happen in a step, with its weight. */
import { parseRoomName } from '../../src/protocol/room-names.ts'
import { StoreUnavailable } from '../../src/redis/connection/client.ts'
import { lie } from './liar.ts'
import { REPLICAS, ROOMS, type Simulation } from './simulation.ts'
import { SITES } from './world.ts'

type Event = (sim: Simulation) => Promise<void> | void

const join: Event = (sim) => sim.join(sim.anyStore())

const report: Event = (sim) => {
  const reporting = sim.nodes.filter(({ life }) => life !== 'silent')
  if (reporting.length > 0) sim.report(sim.random.pick(reporting))
}

const timePasses: Event = ({ redis, random }) => redis.setNow(redis.now() + random.below(2_500))

/** Longer than a node takes to be silent, dead, and dead in a frozen site. */
const longTimePasses: Event = ({ redis, random }) =>
  redis.setNow(redis.now() + random.pick([11_000, 26_000, 130_000]))

const participantsLeave: Event = ({ nodes, random }) => {
  const node = random.pick(nodes)
  const name = [...node.rooms.keys()][0]
  if (name === undefined) return
  const left = (node.rooms.get(name) ?? 0) - random.below(12)
  if (left <= 0) node.rooms.delete(name)
  else node.rooms.set(name, left)
}

/** The whole machine fails, or only LiveKit, or only the link to the control plane. */
const nodeFails: Event = ({ nodes, random }) => {
  const node = random.pick(nodes)
  node.life = random.pick(['silent', 'livekit-down', 'silent'] as const)
  if (node.life === 'livekit-down' || random.chance(0.5)) node.rooms.clear()
}

const nodeRecovers: Event = ({ nodes, random }) => {
  const failed = nodes.filter(({ life }) => life !== 'well')
  if (failed.length === 0) return
  const node = random.pick(failed)
  node.life = 'well'
  if (random.chance(0.5)) {
    node.boot++
    node.seq = 0
    node.acked = undefined
  }
}

const operatorSetsState: Event = async (sim) => {
  const { random } = sim
  const state = random.pick(['serving', 'serving', 'cordoned', 'draining'] as const)
  const { id } = random.pick(sim.nodes)
  const drain = () => ({ withinMs: 60_000, freeElsewhere: random.chance(0.5) ? [] : undefined })
  await sim.now((store) => store.setNodeState(id, state, state === 'draining' ? drain() : undefined))
}

const roomIsReplaced: Event = async (sim) => {
  const at = sim.random.below(ROOMS)
  if (sim.random.chance(0.5)) {
    const ended = sim.rooms[at]!
    await sim.now((store) => store.endRoom(ended, 'host'))
    // A participant still has the link.
    sim.join(sim.anyStore(), ended)
  }
  await sim.createRoom(at)
}

const sweep: Event = async (sim) => {
  await sim.now((store) => store.sweepSite(sim.random.pick(SITES)))
}

/** A replica moves rooms. It may lose a race with joins and with other replicas. */
const roomsMoveAway: Event = (sim) => {
  const store = sim.anyStore()
  const move = async () => {
    for (const { node, rooms } of await store.nextToMove())
      for (const name of rooms) {
        const room = parseRoomName(name)
        if (room) await store.moveRoom({ ...room, node })
      }
  }
  move().catch(() => {})
}

const clientsLoseNode: Event = (sim) => {
  const { id } = sim.random.pick(sim.nodes)
  const store = sim.anyStore()
  store
    .markReached(id)
    .then(() => store.condemnNode(id))
    .catch(() => {})
}

/** A replica dies: scripts that it has sent may run or not, and no answer arrives. */
const replicaDies: Event = (sim) => {
  const { redis, random, replicas } = sim
  const at = random.below(REPLICAS)
  const { owner } = replicas[at]!
  for (let i = redis.pending.length - 1; i >= 0; i--)
    if (redis.pending[i]!.owner === owner && random.chance(0.5))
      redis.pending.splice(i, 1)[0]?.reject(new StoreUnavailable('the replica died'))
  replicas[at] = sim.newReplica()
  // Possibly no replica knows of the last writes any more, so a loss of just these could not be noticed (docs/adr/0014).
  sim.snapshot = undefined
}

const redisIsSaved: Event = async (sim) => {
  sim.snapshot = { data: await sim.redis.snapshot(), atMs: sim.redis.now() }
  sim.answers.placedSinceSnapshot.clear()
}

/** Redis comes back with the data of up to a second ago; calls under way fail. */
const redisLosesWrites: Event = async (sim) => {
  const { redis, snapshot } = sim
  if (!snapshot || redis.now() - snapshot.atMs > 1_000) return
  // Calls that follow from the failures fail as well; a call without an answer would wait for ever.
  while (redis.pending.length > 0) {
    for (const call of redis.pending.splice(0)) call.reject(new StoreUnavailable('the connection is lost'))
    await sim.settle()
  }
  await redis.restore(snapshot.data)
  sim.snapshot = undefined
  sim.storeLosses++
  // Every replica reconnects within warmUpMs, one after the other, and participants retry through each as soon as it is
  // connected.
  const order = sim.replicas.toSorted(() => sim.random.next() - 0.5)
  for (const { store } of order) {
    for (const site of SITES) store.readNodes({ site, limit: 1 }).catch(() => {})
    for (const roomId of sim.answers.placedSinceSnapshot) sim.join(store, roomId)
    await sim.deliverAll()
  }
}

export const EVENTS: readonly (readonly [event: Event, weight: number])[] = [
  [join, 30],
  [report, 18],
  [timePasses, 10],
  [longTimePasses, 1],
  [participantsLeave, 5],
  [nodeFails, 1],
  [nodeRecovers, 2],
  [operatorSetsState, 1],
  [roomIsReplaced, 1],
  [sweep, 2],
  [roomsMoveAway, 4],
  [clientsLoseNode, 0.5],
  [replicaDies, 0.3],
  [lie, 2],
  [redisIsSaved, 2],
  [redisLosesWrites, 2],
]
