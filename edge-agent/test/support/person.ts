/**
 * A participant in a LiveKit room with signalling only. Without media LiveKit removes it after 60 s. It is counted, gets
 * messages and is disconnected like any other.
 */
import { AccessToken } from 'livekit-server-sdk'
import { API_KEY, API_SECRET } from './workplace.ts'

export type Person = {
  /** Numbers of the requests to rejoin so far, including one that was already there at the start. */
  asks(): number[]
  /** Got the notice that LiveKit stops. */
  gotStopNotice(): boolean
  leave(): void
  readonly gone: Promise<void>
}

/** The first frame is a protobuf JoinResponse; its first byte is that field's tag. */
const JOIN_RESPONSE = 0x0a
const LEAVE = JSON.stringify({ leave: { reason: 'CLIENT_INITIATED', action: 'DISCONNECT' } })

let joined = 0

/** Joins a room; resolves when the participant is in it. */
export async function joinRoom(livekitUrl: string, room: string): Promise<Person> {
  const token = new AccessToken(API_KEY, API_SECRET, { identity: `person-${++joined}`, ttl: 60 })
  token.addGrant({ roomJoin: true, room })
  return enter(livekitUrl.replace('http', 'ws'), await token.toJwt())
}

/** Joins with a token; resolves when the participant is in the room. */
export async function enter(serverUrl: string, token: string): Promise<Person> {
  const query = `access_token=${token}&protocol=16&auto_subscribe=1&sdk=js&version=2.15.0`
  const socket = new WebSocket(`${serverUrl}/rtc?${query}`)
  socket.binaryType = 'arraybuffer'
  const asks: number[] = []
  let stopping = false
  /** In protobuf as in JSON the metadata is plain text. */
  const readMessages = (text: string) => {
    const [, ask, more] = /\{\\?"ask\\?":\s?(\d+)(,\\?"stopping\\?":\s?true)?\}/.exec(text) ?? []
    if (ask !== undefined) asks.push(Number(ask))
    stopping ||= more !== undefined
  }
  const gone = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('message', (event) => {
      const data = event.data as string | ArrayBuffer
      if (typeof data === 'string') return readMessages(data)
      readMessages(Buffer.from(data).toString('latin1'))
      if (new Uint8Array(data)[0] !== JOIN_RESPONSE) return
      // After a text frame LiveKit uses JSON, also for leave.
      socket.send(JSON.stringify({ pingReq: { timestamp: String(Date.now()), rtt: '0' } }))
      resolve()
    })
    socket.addEventListener('error', () => reject(new Error(`${serverUrl} refuses the participant`)))
    socket.addEventListener('close', () =>
      reject(new Error(`${serverUrl} closed before the participant was in`)),
    )
  })
  return { asks: () => asks, gotStopNotice: () => stopping, leave: () => socket.send(LEAVE), gone }
}
