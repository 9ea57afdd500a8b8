// What a participant's token allows on real LiveKit servers: the room, the node, the role, and nothing else.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Stack, startStack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import type { JoinAnswer } from '../../src/contract/index.ts'
import { assertProblem, call, createRoom, join } from '../support/client.ts'

let stack: Stack
before(async () => (stack = await startStack({ logLevel: 'warn' })))
after(() => stack.stop())

const httpUrl = (serverUrl: string) => serverUrl.replace(/^ws/, 'http')

/** Status of LiveKit's own check of a token, which its clients use before they connect. */
async function validate(serverUrl: string, token: string): Promise<number> {
  const reply = await fetch(`${httpUrl(serverUrl)}/rtc/validate?access_token=${token}`)
  await reply.arrayBuffer()
  return reply.status
}

type Member = JoinAnswer & { socket: WebSocket }

/** Joins by signalling only, so that the room and the participant exist on the node. */
async function enter(answer: JoinAnswer): Promise<Member> {
  const query = `access_token=${answer.participantToken}&protocol=16&auto_subscribe=1&sdk=js&version=2.15.0`
  const socket = new WebSocket(`${answer.serverUrl}/rtc?${query}`)
  await new Promise((resolve, reject) => {
    socket.addEventListener('message', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error('the join was refused')), { once: true })
  })
  return { ...answer, socket }
}

const admin = (verb: string, { serverUrl }: JoinAnswer, token: string, body: object) =>
  call<{ code?: string; participants?: { identity: string }[] }>(
    `${httpUrl(serverUrl)}/twirp/livekit.RoomService/${verb}`,
    'POST',
    { body, bearer: token },
  )

/** The participants of the host's room, from its node. */
async function present(host: Member): Promise<string[]> {
  const { roomName: room } = host
  const { status, body } = await admin('ListParticipants', host, host.participantToken, { room })
  assert.equal(status, 200)
  return (body.participants ?? []).map(({ identity }) => identity).toSorted()
}

async function meeting() {
  const room = await createRoom(stack.url)
  const hostAnswer = await join(stack.url, room.room, { name: 'Host', hostKey: room.hostKey })
  const guestAnswer = await join(stack.url, room.room, { name: 'Guest' })
  return { room, host: await enter(hostAnswer.body), guest: await enter(guestAnswer.body) }
}

test('a token for one node is refused by the other', async () => {
  const { body: answer } = await join(stack.url, (await createRoom(stack.url)).room)
  const other = stack.nodes.find(({ id }) => id !== answer.node)
  assert.ok(other)
  assert.equal(await validate(answer.serverUrl, answer.participantToken), 200)
  assert.equal(await validate(other.url, answer.participantToken), 401)
  await assert.rejects(enter({ ...answer, serverUrl: other.url }), /refused/)
})

test('host actions with a guest’s token are refused by the node, each of them', async () => {
  const { host, guest } = await meeting()
  const { roomName } = guest
  const attempts = {
    ListParticipants: { room: roomName },
    RemoveParticipant: { room: roomName, identity: host.identity },
    MutePublishedTrack: { room: roomName, identity: host.identity, track_sid: 'TR_x', muted: true },
    UpdateParticipant: { room: roomName, identity: guest.identity, attributes: { role: 'host' } },
    UpdateRoomMetadata: { room: roomName, metadata: 'mine' },
    SendData: { room: roomName, data: '' },
    DeleteRoom: { room: roomName },
    CreateRoom: { name: 'mine' },
    ListRooms: {},
  }
  for (const [verb, body] of Object.entries(attempts)) {
    const answer = await admin(verb, guest, guest.participantToken, body)
    assert.ok([401, 403].includes(answer.status), `${verb} answered ${answer.status}`)
  }
  assert.deepEqual(await present(host), [host.identity, guest.identity].toSorted(), 'both are still there')
  host.socket.close()
  guest.socket.close()
})

test('a host’s token can remove people from its own room, and nothing else', async () => {
  const [mine, theirs] = [await meeting(), await meeting()]
  const { host } = mine
  const beyond = {
    RemoveParticipant: { room: theirs.host.roomName, identity: theirs.guest.identity },
    DeleteRoom: { room: theirs.host.roomName },
    CreateRoom: { name: 'mine' },
    ListRooms: {},
  }
  for (const [verb, body] of Object.entries(beyond)) {
    const { status } = await admin(verb, theirs.host, host.participantToken, body)
    assert.ok([401, 403].includes(status), `${verb} answered ${status}`)
  }
  const removal = { room: host.roomName, identity: mine.guest.identity }
  assert.equal((await admin('RemoveParticipant', host, host.participantToken, removal)).status, 200)
  assert.deepEqual(await present(host), [host.identity])
  assert.equal((await present(theirs.host)).length, 2)
  for (const { socket } of [host, theirs.host, theirs.guest]) socket.close()
})

test('host actions of the control plane take only the host key', async () => {
  const { room, host, guest } = await meeting()
  const keys = [guest.participantToken, guest.rejoinTicket, host.participantToken, host.rejoinTicket, 'x', '']
  for (const bearer of keys) {
    const answer = await call(`${stack.url}/v1/rooms/${room.room}`, 'DELETE', { bearer })
    assertProblem(answer, 403, 'host_key_refused')
  }
  const other = await createRoom(stack.url)
  const foreign = await call(`${stack.url}/v1/rooms/${room.room}`, 'DELETE', { bearer: other.hostKey })
  assertProblem(foreign, 403, 'host_key_refused')
  const ended = await call(`${stack.url}/v1/rooms/${room.room}`, 'DELETE', { bearer: room.hostKey })
  assert.equal(ended.status, 204)
  await until(async () => (await present(host)).length === 0, { what: 'the node ends the meeting' })
  guest.socket.close()
  host.socket.close()
})

test('a rejoin with a guest’s ticket does not give host rights', async () => {
  const { room, guest, host } = await meeting()
  const again = await call<JoinAnswer>(`${stack.url}/v1/rooms/${room.room}/rejoin`, 'POST', {
    body: { ticket: guest.rejoinTicket },
  })
  assert.deepEqual([again.body.role, again.body.identity], ['guest', guest.identity])
  const removal = { room: host.roomName, identity: host.identity }
  const { status } = await admin('RemoveParticipant', host, again.body.participantToken, removal)
  assert.ok([401, 403].includes(status))
  host.socket.close()
  guest.socket.close()
})
