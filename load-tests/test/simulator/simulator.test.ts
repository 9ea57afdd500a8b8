// The simulator repeats itself, and its checks find violations.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { NodeReport } from '@levee/control-plane/contract'
import { seeded } from '@levee/deploy/seeded-random'
import { openInvariants } from '../../simulator/invariants.ts'
import { FAULTS, nextDelivery, planFaults } from '../../simulator/nodes/faults.ts'
import {
  type Machine,
  buildMachine,
  crash,
  enterRoom,
  leaveRoom,
  planFleet,
} from '../../simulator/nodes/machine.ts'
import { openReporter } from '../../simulator/nodes/reporter.ts'
import { randomSize } from '../../simulator/participants/room-plans.ts'
import { planRun } from '../../simulator/plan.ts'

const someone = () => ({ removed() {} })
const planned = (nodes: number, seed = 1) => planFleet({ nodes, sites: 2, seed })
const machineOf = (index = 0): Machine => buildMachine(planned(index + 1)[index]!)
const read = (body: string) => JSON.parse(body) as NodeReport

test('the same seed gives the same fleet, events and deliveries; another seed gives others', () => {
  const run = (seed: number) => {
    const options = { nodes: 50, sites: 5, seed, seconds: 40, joinsPerSec: 20, rates: FAULTS.heavy }
    const deliveries = seeded(seed, 'deliveries n00001')
    return {
      fleet: planFleet(options),
      events: planRun(options),
      deliveries: Array.from({ length: 200 }, () => nextDelivery(deliveries, FAULTS.heavy)),
    }
  }
  assert.deepEqual(run(1), run(1))
  assert.notDeepEqual(run(1).fleet, run(2).fleet)
  assert.notDeepEqual(run(1).events, run(2).events)
  assert.notDeepEqual(run(1).deliveries, run(2).deliveries)
})

test('a run is long enough for zombies, or has none; a fault is over before the run is', () => {
  const plan = (seconds: number) => planFaults({ nodes: 300, seconds, seed: 1, rates: FAULTS.light })
  assert.ok(plan(40).some(({ fault }) => fault === 'zombie'))
  assert.ok(plan(10).every(({ fault }) => fault !== 'zombie'))
  for (const { atMs, forMs } of plan(40)) assert.ok(atMs + forMs < 40_000)
})

test('most rooms are small and some are large', () => {
  const random = seeded(1, 'sizes')
  const sizes = Array.from({ length: 20_000 }, () => randomSize(random, 100)).toSorted((a, b) => a - b)
  assert.ok((sizes[10_000] ?? 0) <= 3)
  assert.ok((sizes[19_900] ?? 0) >= 25)
  assert.equal(sizes.at(-1), 100)
})

test('the first report has all rooms, the next ones what changed, and again what may not have been accepted', () => {
  const machine = machineOf()
  const [ann, bob] = [someone(), someone()]
  const reporter = openReporter(machine, seeded(1, 'reporter'))
  enterRoom(machine, 'room-a~1', ann)
  const first = read(reporter.next().body)
  assert.deepEqual(first.livekit, { up: true, rooms: [{ name: 'room-a~1', participants: 1, tracks: 2 }] })
  reporter.accepted(false)

  enterRoom(machine, 'room-b~1', bob)
  leaveRoom(machine, 'room-a~1', ann)
  const changes = {
    up: true,
    since: first.seq,
    rooms: [{ name: 'room-b~1', participants: 1, tracks: 2 }],
    gone: ['room-a~1'],
    totals: { rooms: 1, participants: 1 },
  }
  assert.deepEqual(read(reporter.next().body).livekit, changes)
  const again = read(reporter.next().body)
  assert.deepEqual(again.livekit, changes)
  reporter.accepted(false)
  assert.deepEqual(read(reporter.next().body).livekit, { ...changes, since: again.seq, rooms: [], gone: [] })
  reporter.accepted(true)
  assert.equal(read(reporter.next().body).livekit.since, undefined)
})

test('a crash is reported as such, and the next report has all rooms', () => {
  const machine = machineOf()
  const reporter = openReporter(machine, seeded(1, 'reporter'))
  enterRoom(machine, 'room-a~1', someone())
  reporter.next()
  reporter.accepted(false)
  crash(machine)
  const report = read(reporter.next().body)
  assert.deepEqual(report.livekit, { up: false, rooms: null })
  assert.equal(report.load, null)
  reporter.accepted(false)
  machine.up = true
  assert.deepEqual(read(reporter.next().body).livekit, { up: true, rooms: [] })
})

test('the clock of an agent has no influence on its reports', () => {
  const reportAt = (now: number) => {
    mock.timers.enable({ apis: ['Date'], now })
    try {
      const machine = machineOf()
      enterRoom(machine, 'room-a~1', someone())
      return openReporter(machine, seeded(1, 'reporter')).next().body
    } finally {
      mock.timers.reset()
    }
  }
  assert.equal(reportAt(0), reportAt(4e12))
})

test('a room on two nodes at one epoch is found', () => {
  const [a, b] = planned(2).map(buildMachine) as [Machine, Machine]
  const invariants = openInvariants(new Map([a, b].map((machine) => [machine.node, machine])))
  invariants.enter(a, 'room~1', someone())
  invariants.enter(b, 'room~2', someone())
  assert.equal(invariants.violated, 0)
  invariants.enter(b, 'room~1', someone())
  assert.deepEqual(
    invariants.violations.map(({ invariant }) => invariant),
    ['one node per room and epoch'],
  )
})

test('a node has capacity only if it reports, and with what other rooms have reserved', () => {
  const [machine] = planned(1).map((spec) => buildMachine({ ...spec, capacityTracks: 100 })) as [Machine]
  const invariants = openInvariants(new Map([[machine.node, machine]]))
  assert.equal(invariants.machineWithCapacity(30), undefined)
  machine.reporting = true
  assert.equal(invariants.machineWithCapacity(30), machine)
  assert.equal(invariants.machineWithCapacity(51), undefined)
  invariants.place(machine, 'room-a', 30)
  assert.equal(invariants.machineWithCapacity(30), undefined)
  invariants.free('room-a')
  assert.equal(invariants.machineWithCapacity(30), machine)
  crash(machine)
  assert.equal(invariants.machineWithCapacity(30), undefined)
})

test('an overloaded node is found once, and not if the whole fleet is full', () => {
  const fill = (count: number) => {
    const machines = planned(2).map((spec) => buildMachine({ ...spec, capacityTracks: 100 }))
    const invariants = openInvariants(new Map(machines.map((machine) => [machine.node, machine])))
    for (const machine of machines.slice(0, count))
      for (let i = 0; i < 9; i++) invariants.enter(machine, `room-${machine.node}~1`, someone())
    return invariants
  }
  assert.deepEqual(
    fill(1).violations.map(({ invariant }) => invariant),
    ['no node is overloaded while others have capacity'],
  )
  assert.equal(fill(1).peak().load, 1.62)
  assert.equal(fill(2).violated, 1, 'the second is filled while the first is over')
})
