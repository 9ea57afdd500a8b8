import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import { REJOINS_PER_MIN } from '../../src/protocol/limits.ts'
import { assertProblem, call, createRoom, join, servingAgent } from '../support/client.ts'

test('too many requests from one address are refused, with a time to come back', async () => {
  const limited = await startControlPlanes({ replicas: 1, rates: { joinPerMin: 5, createPerMin: 3 } })
  try {
    for (let i = 0; i < 3; i++)
      assert.equal((await call(`${limited.url}/v1/rooms`, 'POST', { body: {} })).status, 201)
    const refused = await call(`${limited.url}/v1/rooms`, 'POST', { body: {} })
    assertProblem(refused, 429, 'rate_limited')
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    for (let i = 0; i < 5; i++)
      assertProblem(await join(limited.url, '0000-00000-00000'), 404, 'room_not_found')
    // A forged address does not help.
    const spoofed = await call(`${limited.url}/v1/rooms/0000-00000-00000/join`, 'POST', {
      body: { name: 'A' },
      headers: { 'x-forwarded-for': '203.0.113.9' },
    })
    assertProblem(spoofed, 429, 'rate_limited')
  } finally {
    await limited.stop()
  }
})

test('an office behind one address may rejoin as often as it must; one participant, or a client without a ticket, may not', async () => {
  const limited = await startControlPlanes({ replicas: 1, rates: { joinPerMin: 5, createPerMin: 5 } })
  try {
    await servingAgent(limited.url, limited.enrolmentKey, { node: 'n1' })
    const created = await createRoom(limited.url)
    const { rejoinTicket: ticket } = (await join(limited.url, created.room)).body
    const rejoin = (body: object) => call(`${limited.url}/v1/rooms/${created.room}/rejoin`, 'POST', { body })
    for (let i = 0; i < REJOINS_PER_MIN; i++) assert.equal((await rejoin({ ticket })).status, 200)
    assertProblem(await rejoin({ ticket }), 429, 'rate_limited')
    for (let i = 0; i < 5; i++) assertProblem(await rejoin({ ticket: `x${i}` }), 403, 'rejoin_refused')
    assertProblem(await rejoin({ ticket: 'another' }), 429, 'rate_limited')
  } finally {
    await limited.stop()
  }
})
