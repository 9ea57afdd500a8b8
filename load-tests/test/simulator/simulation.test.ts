// The control plane under a simulated fleet.
// Runs alone: a report fails after 3 s without an answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Directive, Enrolled, NodeView } from '@levee/control-plane/contract'
import { nodeCredential } from '@levee/control-plane/protocol/node-credential'
import { type ControlPlaneStack, startControlPlanes } from '@levee/deploy/control-plane-stack'
import { seeded } from '@levee/deploy/seeded-random'
import { soakSize } from '@levee/deploy/soak'
import { type Wire, json, openWire } from '../../lib/http-wire.ts'
import { compareView } from '../../simulator/convergence.ts'
import { enrolmentOf } from '../../simulator/nodes/enrolment.ts'
import { FAULTS } from '../../simulator/nodes/faults.ts'
import { openFleet } from '../../simulator/nodes/fleet.ts'
import { type Machine, buildMachine, enterRoom, leaveRoom, planFleet } from '../../simulator/nodes/machine.ts'
import { openReporter } from '../../simulator/nodes/reporter.ts'
import { planRun } from '../../simulator/plan.ts'
import { simulate } from '../../simulator/simulation.ts'

const someone = () => ({ removed() {} })

async function withStack(replicas: number, use: (stack: ControlPlaneStack) => Promise<void>): Promise<void> {
  const stack = await startControlPlanes({ replicas, logLevel: 'warn' })
  try {
    await use(stack)
  } finally {
    await stack.stop()
  }
}

test('a view that does not match the machines is found; a node with another node’s room has to drop it', () =>
  withStack(1, async (stack) => {
    const fleet = openFleet({ ...stack, nodes: 5, sites: 2, seed: 5, reportEveryMs: 100 })
    const [wire] = fleet.wires
    const compare = async () => {
      await compareView({ ...stack, wire: wire!, invariants: fleet.invariants, agents: fleet.agents })
      return fleet.invariants.violations.splice(0).map(({ what }) => what)
    }
    try {
      await fleet.enrol()
      await fleet.allReported(1)
      const [a, b] = fleet.agents.map(({ machine }) => machine) as [Machine, Machine]
      // Both report the room at the same epoch: it belongs to the first one.
      for (const machine of [a, b]) enterRoom(machine, `${'0'.repeat(16)}~1`, someone())
      await fleet.allReported(3)
      assert.equal(a.rooms.size + b.rooms.size, 1)
      assert.equal(fleet.counts.dropped, 1)
      await fleet.stopReports()
      assert.deepEqual(await compare(), [])
      enterRoom(a, 'unreported~1', someone())
      assert.match((await compare()).join('\n'), new RegExp(`${a.node} has \\d rooms, not \\d`))
    } finally {
      fleet.close()
    }
  }))

test('reports that arrive twice or out of order change nothing', () =>
  withStack(2, async (stack) => {
    const machine = buildMachine(planFleet({ nodes: 1, sites: 2, seed: 1 })[0]!)
    const wires = stack.urls.map((url) => openWire({ url, connections: 8, timeoutMs: 3_000 }))
    let credential = ''
    const report = (wire: Wire, body: string) =>
      wire.send(wire.call('POST', `/v1/nodes/${machine.node}/report`, credential), body)
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
      const enrolment = first.call('POST', '/v1/nodes/enrol', stack.enrolmentKey)
      const enrolled = await first.send(enrolment, json(enrolmentOf(machine)))
      credential = nodeCredential(machine.secret, (JSON.parse(enrolled.body) as Enrolled).seal)
      const sent: string[] = []
      for (let boot = 0; boot < 2; boot++) {
        const reporter = openReporter(machine, seeded(boot, 'boot'))
        for (let i = 0; i < 8; i++) {
          enterRoom(machine, `${String(i % 3).repeat(16)}~1`, someone())
          if (i === 5) leaveAll(machine, `${'1'.repeat(16)}~1`)
          const { body } = reporter.next()
          sent.push(body)
          reporter.accepted((await send(first, body)).wholeRooms)
        }
      }
      const before = await view()
      assert.equal(before.rooms, machine.rooms.size)
      assert.equal(before.participants, machine.people)
      const again = sent.map((body, i) => report(i % 2 ? first : second, body)).toReversed()
      const statuses = (await Promise.all(again)).map(({ status }) => status).toReversed()
      // Those of the previous boot are refused; those of this boot are accepted and ignored.
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

/** A run needs 12 s for a node that is cut off, and 28 s for a zombie. */
const FULL_SECONDS = 33
const SECONDS = soakSize(FULL_SECONDS, 12)
const NODES = soakSize(300, 150)

test(`${NODES} nodes with all faults at once, ${SECONDS} s: no room is split or lost, and no node is overloaded`, () =>
  withStack(2, async (stack) => {
    const options = {
      ...stack,
      nodes: NODES,
      sites: 6,
      seed: 7,
      seconds: SECONDS,
      joinsPerSec: 120,
      reportEveryMs: 1_000,
      rates: FAULTS.heavy,
      // Small, so that few participants fill a node: in a short run fewer come. With 20, the smallest node (4 cores, 80
      // tracks) still carries a room of six (72 tracks), the largest that does not declare its size.
      tracksPerCore: soakSize(60, 20),
      largest: soakSize(25, 17),
      undeclared: 0,
    }
    const summary = await simulate(options)
    assert.deepEqual(summary.violations, [])
    assert.deepEqual(summary.played, planRun(options))
    for (const [delivery, count] of Object.entries(summary.reports.deliveries))
      assert.ok(count > 0, `no report was ${delivery}`)
    assert.equal(Object.keys(summary.faults).length, SECONDS < FULL_SECONDS ? 4 : 5)
    assert.equal(summary.reports.refused, 0)
    const { participants } = summary
    assert.ok(participants.joined > soakSize(3_000), `${participants.joined} joined`)
    assert.ok(
      participants.rejoined > soakSize(50) && participants.sentToDownNode > 0,
      `${participants.rejoined} rejoined, ${participants.sentToDownNode} were sent to a node that was down`,
    )
    const filled = SECONDS < FULL_SECONDS ? 0.4 : 0.5
    assert.ok(summary.load.max.load > filled, `the fullest node was at ${summary.load.max.load}`)
    assert.ok(summary.locationsChecked > soakSize(100), `${summary.locationsChecked} locations checked`)
  }))
