// Replicas whose wall clocks are a minute ahead and a minute behind, beside one whose clock is right.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fakeClockEnv } from '../../../deploy/stack/environment.ts'
import { nodeStatus } from '../../../deploy/stack/edge-node.ts'
import { type Stack, startStack } from '../../../deploy/stack/stack.ts'
import type { JoinAnswer } from '../../src/contract/index.ts'
import { call, createRoom, join } from '../support/client.ts'

const MINUTE_MS = 60_000

let stack: Stack
before(async () => {
  stack = await startStack({ logLevel: 'warn' })
  for (const byMs of [MINUTE_MS, -MINUTE_MS]) await stack.addControlPlane(fakeClockEnv(byMs))
})
after(() => stack.stop())

/** LiveKit's own check of a token, with a correct clock. */
async function isAccepted({ serverUrl, participantToken }: JoinAnswer): Promise<boolean> {
  const url = serverUrl.replace(/^ws/, 'http')
  const reply = await fetch(`${url}/rtc/validate?access_token=${participantToken}`)
  await reply.arrayBuffer()
  return reply.status === 200
}

test('the clocks are really wrong: each replica dates its tokens by its own', async () => {
  const { room } = await createRoom(stack.url)
  const wrong = await Promise.all(
    stack.urls.map(async (url) => {
      const [, claims = ''] = (await join(url, room)).body.participantToken.split('.')
      const { iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iat: number }
      return iat - Date.now() / 1_000
    }),
  )
  assert.deepEqual(
    wrong.map((sec) => Math.round(sec / 60) + 0),
    [0, 1, -1],
  )
})

test('every replica places, joins and rejoins as the others do, and LiveKit accepts the tokens of each', async () => {
  for (const first of stack.urls) {
    const { room } = await createRoom(first)
    const answers = await Promise.all(stack.urls.map((url) => join(url, room)))
    for (const { status, body } of answers) {
      assert.equal(status, 200, JSON.stringify(body))
      assert.ok(await isAccepted(body), 'the token is accepted')
    }
    assert.equal(new Set(answers.map(({ body }) => `${body.node} ${body.epoch}`)).size, 1)
    for (const { body } of answers)
      for (const url of stack.urls) {
        const again = await call<JoinAnswer>(`${url}/v1/rooms/${room}/rejoin`, 'POST', {
          body: { ticket: body.rejoinTicket },
        })
        assert.equal(again.status, 200, JSON.stringify(again.body))
        assert.deepEqual(
          [again.body.identity, again.body.node, again.body.epoch],
          [body.identity, body.node, body.epoch],
        )
        assert.ok(await isAccepted(again.body))
      }
  }
})

test('no replica takes a node for silent', async () => {
  for (const url of stack.urls)
    for (const { id } of stack.nodes)
      assert.equal(await nodeStatus(url, stack.operatorKey, id), 'serving', `${id} by ${url}`)
})
