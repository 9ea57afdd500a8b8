// Redis loses everything while meetings run: the nodes report where they are.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { RoomServiceClient } from 'livekit-server-sdk'
import { sendRedisCommand } from '../../../deploy/stack/redis/redis.ts'
import { startStack } from '../../../deploy/stack/stack.ts'
import type { Stack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import type { FleetView, JoinAnswer, Problem, RoomView } from '../../src/contract/index.ts'
import { assertProblem, call, createRoom, join } from '../support/client.ts'

let stack: Stack
before(async () => {
  stack = await startStack({ replicas: 2, logLevel: 'warn' })
})
after(() => stack.stop())

/** The room as LiveKit has it when its first participant is in. */
async function open({ node, roomName }: JoinAnswer): Promise<void> {
  const at = stack.nodes.find(({ id }) => id === node)
  assert.ok(at)
  const client = new RoomServiceClient(at.url.replace(/^ws/, 'http'), at.key.apiKey, at.key.apiSecret)
  await client.createRoom({ name: roomName, emptyTimeout: 600 })
}
const roomsSeen = async () =>
  (await call<FleetView>(`${stack.url}/v1/fleet`, 'GET', { bearer: stack.operatorKey })).body.nodes.reduce(
    (sum, { rooms }) => sum + rooms,
    0,
  )

test('an emptied Redis: seconds later the same links lead to the meetings where they run', async (t) => {
  const meetings = []
  for (let i = 0; i < 6; i++) {
    const created = await createRoom(stack.url, { title: `Meeting ${i}` })
    const { body } = await until(
      async () => {
        const answer = await join(stack.url, created.room)
        return answer.status === 200 ? answer : undefined
      },
      { what: 'a placement' },
    )
    await open(body)
    meetings.push({ created, joined: body })
  }
  const unused = await createRoom(stack.url)
  await until(async () => (await roomsSeen()) === meetings.length, {
    what: 'the nodes have reported all rooms',
  })

  assert.match(await sendRedisCommand(Number(new URL(stack.redisUrl).port), 'FLUSHALL'), /^\+OK/)
  const emptied = performance.now()
  // The nodes have not reported yet: a page that is opened now must not say that there is no such meeting.
  const page = await call<RoomView & Problem>(`${stack.url}/v1/rooms/${meetings[0]!.created.room}`, 'GET')
  assert.ok(page.status === 200 || page.body.code === 'store_recovering', page.body.code)
  for (const { created, joined } of meetings) {
    const again = await until(
      async () => {
        const answer = await join(stack.urls[1] ?? '', created.room)
        return answer.status === 200 ? answer : undefined
      },
      { what: 'a join by the old link', everyMs: 50 },
    )
    assert.deepEqual([again.body.node, again.body.epoch], [joined.node, joined.epoch])
  }
  t.diagnostic(`all meetings are joined again ${Math.round(performance.now() - emptied)} ms after FLUSHALL`)
  // Participants keep their place and their rights; an unused link is gone, and a new one works.
  const [first] = meetings
  assert.ok(first)
  const { rejoinTicket: ticket, identity } = first.joined
  const rejoined = await call<JoinAnswer>(`${stack.url}/v1/rooms/${first.created.room}/rejoin`, 'POST', {
    body: { ticket },
  })
  assert.deepEqual([rejoined.body.identity, rejoined.body.epoch], [identity, first.joined.epoch])
  const { room } = await createRoom(stack.url)
  await until(async () => (await join(stack.url, room)).status === 200, {
    what: 'a placement for a new meeting',
    everyMs: 50,
  })
  t.diagnostic(`a new meeting has a place ${Math.round(performance.now() - emptied)} ms after FLUSHALL`)
  assertProblem(await join(stack.url, unused.room), 503, 'store_recovering')
  await until(async () => (await join(stack.url, unused.room)).status !== 503, {
    what: 'a final answer',
    timeoutMs: 15_000,
  })
  assertProblem(await join(stack.url, unused.room), 404, 'room_not_found')
})
