// The simulator repeats itself, its guards fire, and the control plane stands what it does.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mock, test } from 'node:test'
import type { Directive, NodeReport, NodeView } from '@levee/control-plane/contract'
import { type ControlPlaneStack, startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import { openTeller } from '../../simulator/reporter.ts'
import { FAULTS, fateOf, planFaults } from '../../simulator/faults.ts'
import { enrolmentOf, openFleet } from '../../simulator/fleet.ts'
import {
  type Machine,
  buildMachine,
  crash,
  enterRoom,
  leaveRoom,
  planFleet,
} from '../../simulator/machines.ts'
import { comparePicture } from '../../simulator/convergence.ts'
import { drawSize } from '../../simulator/rooms.ts'
import { seeded } from '@levee/deploy/seeded-random'
import { planRun } from '../../simulator/plan.ts'
import { simulate } from '../../simulator/simulator.ts'
import { openTruth } from '../../simulator/invariants.ts'
import { type Wire, json, openWire } from '../../lib/http-wire.ts'

const somebody = () => ({ displaced() {} })
const planned = (nodes: number, seed = 1) => planFleet({ nodes, sites: 2, seed })
const machineOf = (index = 0): Machine => buildMachine(planned(index + 1)[index]!)
const read = (body: string) => JSON.parse(body) as NodeReport

async function withStack(replicas: number, use: (stack: ControlPlaneStack) => Promise<void>): Promise<void> {
  const stack = await startControlPlanes({ replicas, logLevel: 'warn' })
  try {
    await use(stack)
  } finally {
    await stack.stop()
  }
}

test('the same seed gives the same fleet, events and fates; another seed gives others', () => {
  const run = (seed: number) => {
    const options = { nodes: 50, sites: 5, seed, seconds: 40, joinsPerSec: 20, rates: FAULTS.heavy }
    const fates = seeded(seed, 'fates n00001')
    return {
      fleet: planFleet(options),
      events: planRun(options),
      fates: Array.from({ length: 200 }, () => fateOf(fates, FAULTS.heavy)),
    }
  }
  assert.deepEqual(run(1), run(1))
  assert.notDeepEqual(run(1).fleet, run(2).fleet)
  assert.notDeepEqual(run(1).events, run(2).events)
  assert.notDeepEqual(run(1).fates, run(2).fates)
})

test('a run is long enough for zombies, or has none; a fault is over before the run is', () => {
  const plan = (seconds: number) => planFaults({ nodes: 300, seconds, seed: 1, rates: FAULTS.light })
  assert.ok(plan(40).some(({ fault }) => fault === 'zombie'))
  assert.ok(plan(10).every(({ fault }) => fault !== 'zombie'))
  for (const { atMs, forMs } of plan(40)) assert.ok(atMs + forMs < 40_000)
})

test('most rooms are small and some are large', () => {
  const random = seeded(1, 'sizes')
  const sizes = Array.from({ length: 20_000 }, () => drawSize(random, 100)).toSorted((a, b) => a - b)
  assert.ok((sizes[10_000] ?? 0) <= 3)
  assert.ok((sizes[19_900] ?? 0) >= 25)
  assert.equal(sizes.at(-1), 100)
})

test('a report is whole at first, then tells what changed, and again what may not have been heard', () => {
  const machine = machineOf()
  const [ann, bob] = [somebody(), somebody()]
  const teller = openTeller(machine, seeded(1, 'teller'))
  enterRoom(machine, 'room-a~1', ann)
  const first = read(teller.tell().body)
  assert.deepEqual(first.livekit, { up: true, rooms: [{ name: 'room-a~1', participants: 1, tracks: 2 }] })
  teller.taken(false)

  enterRoom(machine, 'room-b~1', bob)
  leaveRoom(machine, 'room-a~1', ann)
  const changes = {
    up: true,
    since: first.seq,
    rooms: [{ name: 'room-b~1', participants: 1, tracks: 2 }],
    gone: ['room-a~1'],
    totals: { rooms: 1, participants: 1 },
  }
  assert.deepEqual(read(teller.tell().body).livekit, changes)
  const again = read(teller.tell().body)
  assert.deepEqual(again.livekit, changes)
  teller.taken(false)
  assert.deepEqual(read(teller.tell().body).livekit, { ...changes, since: again.seq, rooms: [], gone: [] })
  teller.taken(true)
  assert.equal(read(teller.tell().body).livekit.since, undefined)
})

test('a crash is told as one, and what comes after it whole', () => {
  const machine = machineOf()
  const teller = openTeller(machine, seeded(1, 'teller'))
  enterRoom(machine, 'room-a~1', somebody())
  teller.tell()
  teller.taken(false)
  crash(machine)
  const told = read(teller.tell().body)
  assert.deepEqual(told.livekit, { up: false, rooms: null })
  assert.equal(told.load, null)
  teller.taken(false)
  machine.up = true
  assert.deepEqual(read(teller.tell().body).livekit, { up: true, rooms: [] })
})

test('an agent’s clock is not on the wire: whatever it shows, the report is the same', () => {
  const reportAt = (now: number) => {
    mock.timers.enable({ apis: ['Date'], now })
    try {
      const machine = machineOf()
      enterRoom(machine, 'room-a~1', somebody())
      return openTeller(machine, seeded(1, 'teller')).tell().body
    } finally {
      mock.timers.reset()
    }
  }
  assert.equal(reportAt(0), reportAt(4e12))
})

test('guard: a room on two nodes at one epoch', () => {
  const [a, b] = planned(2).map(buildMachine) as [Machine, Machine]
  const truth = openTruth(new Map([a, b].map((machine) => [machine.node, machine])))
  truth.enter(a, 'room~1', somebody())
  truth.enter(b, 'room~2', somebody())
  assert.equal(truth.violated, 0)
  truth.enter(b, 'room~1', somebody())
  assert.deepEqual(
    truth.violations.map(({ expectation }) => expectation),
    ['one node for a room and epoch'],
  )
})

test('guard: a node over its capacity, once, and not when the whole fleet is full', () => {
  const fill = (count: number) => {
    const machines = planned(2).map((spec) => buildMachine({ ...spec, capacityTracks: 100 }))
    const truth = openTruth(new Map(machines.map((machine) => [machine.node, machine])))
    for (const machine of machines.slice(0, count))
      for (let i = 0; i < 9; i++) truth.enter(machine, `room-${machine.node}~1`, somebody())
    return truth
  }
  assert.deepEqual(
    fill(1).violations.map(({ expectation }) => expectation),
    ['no node bears more than it can while others have room'],
  )
  assert.equal(fill(1).peak().load, 1.62)
  assert.equal(fill(2).violated, 1, 'the second is filled while the first is over')
})

test('the wire gives each its own answer over few connections, and a fault when there is none', async () => {
  const server = createServer((request, reply) => {
    if (request.url === '/silent') return
    if (request.url === '/cut') return void request.socket.destroy()
    setTimeout(() => reply.setHeader('content-length', 6).end(request.url), Math.random() * 5)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const wire = openWire({ url: `http://localhost:${port}`, connections: 4, timeoutMs: 300 })
  try {
    const paths = Array.from({ length: 100 }, (_, i) => `/p-${String(i).padStart(3, '0')}`)
    const bodies = await Promise.all(
      paths.map(async (path) => (await wire.send(wire.call('GET', path))).body),
    )
    assert.deepEqual(bodies, paths)
    await assert.rejects(wire.send(wire.call('GET', '/silent')), { name: 'WireFault' })
    await assert.rejects(wire.send(wire.call('GET', '/cut')), { name: 'WireFault' })
    assert.equal((await wire.send(wire.call('GET', '/p-000'))).body, '/p-000')
    assert.equal(wire.pending(), 0)
  } finally {
    wire.close()
    server.closeAllConnections()
    server.close()
  }
})

test('guard: a picture that is not the truth; and a node that carries another’s room is told to drop it', () =>
  withStack(1, async (stack) => {
    const fleet = openFleet({ ...stack, nodes: 5, sites: 2, seed: 5, reportEveryMs: 100 })
    const [wire] = fleet.wires
    const compare = async () => {
      await comparePicture({ ...stack, wire: wire!, truth: fleet.truth, agents: fleet.agents })
      return fleet.truth.violations.splice(0).map(({ what }) => what)
    }
    try {
      await fleet.enrol()
      await fleet.heard(1)
      const [a, b] = fleet.agents.map(({ machine }) => machine) as [Machine, Machine]
      // Both say that they carry it at one epoch: whoever says so first has it.
      for (const machine of [a, b]) enterRoom(machine, `${'0'.repeat(16)}~1`, somebody())
      await fleet.heard(3)
      assert.equal(a.rooms.size + b.rooms.size, 1)
      assert.equal(fleet.counts.dropped, 1)
      await fleet.hush()
      assert.deepEqual(await compare(), [])
      enterRoom(a, 'unheard~1', somebody())
      assert.match((await compare()).join('\n'), new RegExp(`${a.node} has \\d rooms, not \\d`))
    } finally {
      fleet.close()
    }
  }))

test('reports that come again, or after later ones, change nothing', () =>
  withStack(2, async (stack) => {
    const machine = machineOf()
    const wires = stack.urls.map((url) => openWire({ url, connections: 8, timeoutMs: 3_000 }))
    const report = (wire: Wire, body: string) =>
      wire.send(wire.call('POST', `/v1/nodes/${machine.node}/report`, machine.secret), body)
    const send = async (wire: Wire, body: string): Promise<Directive> => {
      const reply = await report(wire, body)
      assert.equal(reply.status, 200, reply.body)
      return JSON.parse(reply.body) as Directive
    }
    const [first, second] = wires as [Wire, Wire]
    const view = async () => {
      const reply = await first.send(first.call('GET', '/v1/nodes', stack.operatorKey))
      const { lastReportAgeMs: _, ...node } = (JSON.parse(reply.body) as { nodes: NodeView[] }).nodes[0]!
      return node
    }
    try {
      await first.send(first.call('POST', '/v1/nodes/enrol', stack.enrolmentKey), json(enrolmentOf(machine)))
      const sent: string[] = []
      for (let boot = 0; boot < 2; boot++) {
        const teller = openTeller(machine, seeded(boot, 'boot'))
        for (let i = 0; i < 8; i++) {
          enterRoom(machine, `${String(i % 3).repeat(16)}~1`, somebody())
          if (i === 5) leaveAll(machine, `${'1'.repeat(16)}~1`)
          const { body } = teller.tell()
          sent.push(body)
          teller.taken((await send(first, body)).wholeRooms)
        }
      }
      const before = await view()
      assert.equal(before.rooms, machine.rooms.size)
      assert.equal(before.participants, machine.people)
      const again = sent.map((body, i) => report(i % 2 ? first : second, body)).toReversed()
      const statuses = (await Promise.all(again)).map(({ status }) => status).toReversed()
      // Those of the boot before are refused, those of this one are taken and not used.
      assert.deepEqual(statuses, [
        ...Array.from({ length: 8 }, () => 401),
        ...Array.from({ length: 8 }, () => 200),
      ])
      assert.deepEqual(await view(), before)
    } finally {
      for (const wire of wires) wire.close()
    }
  }))

function leaveAll(machine: Machine, name: string): void {
  for (const who of machine.rooms.get(name)?.people ?? []) leaveRoom(machine, name, who)
}

test('300 nodes with all faults at once: no room is split, no node drowns, nothing is lost', () =>
  withStack(2, async (stack) => {
    const options = {
      ...stack,
      nodes: 300,
      sites: 6,
      seed: 7,
      seconds: 33,
      joinsPerSec: 120,
      reportEveryMs: 1_000,
      rates: FAULTS.heavy,
      // So small that few people fill nodes.
      tracksPerCore: 60,
      largest: 25,
      surprises: 0,
    }
    const summary = await simulate(options)
    assert.deepEqual(summary.violations, [])
    assert.deepEqual(summary.played, planRun(options))
    for (const [fate, count] of Object.entries(summary.reports.fates))
      assert.ok(count > 0, `no report was ${fate}`)
    assert.equal(Object.keys(summary.faults).length, 5)
    assert.equal(summary.reports.refused, 0)
    const { people } = summary
    assert.ok(people.joined > 3_000, `${people.joined} joined`)
    assert.ok(
      people.rejoined > 50 && people.deadEnds > 0,
      `${people.rejoined} came back after ${people.deadEnds} dead ends`,
    )
    assert.ok(summary.load.max.load > 0.5, `the fullest node was at ${summary.load.max.load}`)
    assert.ok(summary.rollCalled > 100, `${summary.rollCalled} rooms answered to the roll call`)
  }))
