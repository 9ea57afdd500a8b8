import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import type { ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import { isAlive, until } from '../../../deploy/stack/until.ts'
import { assertProblem, call, createRoom, join, servingAgent } from '../support/client.ts'
import type { Agent } from '../support/client.ts'

let stack: ControlPlaneStack
let agent: Agent
before(async () => {
  stack = await startControlPlanes({ replicas: 2, logLevel: 'warn' })
  agent = await servingAgent(stack.url, stack.enrolmentKey, { node: 'n1' })
})
after(() => stack.stop())

/** Joins every 50 ms until `ms` after the call; returns all answers. */
async function joinFor(ms: number, room: string): Promise<Awaited<ReturnType<typeof join>>[]> {
  const answers = []
  for (const end = performance.now() + ms; performance.now() < end;)
    answers.push(await join(stack.urls[answers.length % 2] ?? '', room))
  return answers
}

async function assertRefusesFor(ms: number, room: string): Promise<void> {
  const answers = await joinFor(ms, room)
  assert.ok(answers.length >= 5, `only ${answers.length} answers: a person would wait too long`)
  for (const answer of answers) {
    assertProblem(answer, 503, 'store_unavailable')
    assert.ok(Number(answer.headers.get('retry-after')) >= 1)
  }
  assertProblem(await call(`${stack.url}/readyz`, 'GET'), 503, 'store_unavailable')
  assert.equal((await call(`${stack.url}/livez`, 'GET')).status, 200)
}

async function assertServesWithin(ms: number, room: string): Promise<void> {
  const back = performance.now()
  for (const url of stack.urls)
    await until(async () => (await join(url, room)).status === 200, {
      what: 'joins work again',
      timeoutMs: ms,
    })
  assert.ok(performance.now() - back < ms, `took ${Math.round(performance.now() - back)} ms`)
}

test('Redis is down for 10 s: joins answer 503 with Retry-After and work within 2 s of its return, nothing is lost', async () => {
  const before = await createRoom(stack.url, { title: 'kept' })
  const joined = await join(stack.url, before.room)
  assert.equal(joined.status, 200)
  // The append-only file is synced once a second: what was acknowledged a second ago must be kept.
  await joinFor(1_100, before.room)
  stack.redis.kill('SIGKILL')
  await stack.redis.exited
  await assertRefusesFor(10_000, before.room)
  await stack.redis.restart()
  await agent.report()
  await assertServesWithin(2_000, before.room)
  const again = await join(stack.url, before.room)
  assert.deepEqual([again.body.node, again.body.epoch, again.body.title], ['n1', 1, 'kept'])
  await assert.doesNotReject(createRoom(stack.url))
})

test('Redis hangs for 5 s: the same, and no replica hangs', async () => {
  await assertServes()
  const { room } = await createRoom(stack.url)
  stack.redis.kill('SIGSTOP')
  await assertRefusesFor(5_000, room)
  stack.redis.kill('SIGCONT')
  await assertServesWithin(2_000, room)
})

test('a replica that starts while Redis is unavailable is alive, not ready, and ready when Redis is back', async () => {
  await stack.redis.stop()
  const third = stack.controlPlanes[1]
  assert.ok(third)
  await third.stop()
  const restarted = third.restart()
  await until(async () => (await call(`${third.url}/livez`, 'GET')).status === 200, {
    what: 'the replica is alive',
  })
  assertProblem(await call(`${third.url}/readyz`, 'GET'), 503, 'store_unavailable')
  await stack.redis.restart()
  await restarted
  assert.equal((await call(`${third.url}/readyz`, 'GET')).status, 200)
})

/** The test before has restarted Redis: waits until every replica is connected and new rooms are placed again. */
async function assertServes(): Promise<void> {
  for (const url of stack.urls)
    await until(async () => (await call(`${url}/readyz`, 'GET')).status === 200, {
      what: 'the replica is ready',
    })
  await agent.report()
  const { room } = await createRoom(stack.url)
  await until(async () => (await join(stack.url, room)).status === 200, { what: 'a new room is placed' })
}

test('SIGTERM: open requests are finished, then the replica ends', async () => {
  await assertServes()
  const { room } = await createRoom(stack.url)
  const replica = await stack.addControlPlane()
  const pid = replica.pid
  const inHand = Promise.all(Array.from({ length: 50 }, () => join(replica.url, room)))
  await until(async () => (await call(`${replica.url}/livez`, 'GET')).status === 200, {
    what: 'requests arrive',
  })
  replica.kill('SIGTERM')
  const stopped = replica.exited
  await until(async () => (await call(`${replica.url}/readyz`, 'GET')).status === 503, {
    what: 'readiness goes off',
  })
  for (const answer of await inHand) assert.equal(answer.status, 200)
  assert.deepEqual(await stopped, { code: 0, signal: null })
  assert.ok(!isAlive(pid))
})
