/**
 * Somebody in a LiveKit room, by signalling alone: no media, so LiveKit throws them out after 60 s. Enough to be counted,
 * called and disconnected.
 */
import { AccessToken } from 'livekit-server-sdk'
import { API_KEY, API_SECRET } from './workplace.ts'

export type Person = {
  /** Numbers of the calls heard so far, the one that was there at the start included. */
  asks(): number[]
  /** Was told that LiveKit stops. */
  toldToStop(): boolean
  leave(): void
  readonly gone: Promise<void>
}

/** The first frame is a protobuf JoinResponse; its first byte is that field's tag. */
const JOIN_RESPONSE = 0x0a
const LEAVE = JSON.stringify({ leave: { reason: 'CLIENT_INITIATED', action: 'DISCONNECT' } })

let joined = 0

/** Joins a room; resolves when LiveKit has let them in. */
export async function joinRoom(livekitUrl: string, room: string): Promise<Person> {
  const token = new AccessToken(API_KEY, API_SECRET, { identity: `person-${++joined}`, ttl: 60 })
  token.addGrant({ roomJoin: true, room })
  return enter(livekitUrl.replace('http', 'ws'), await token.toJwt())
}

/** Goes in with a token; resolves when LiveKit has let them in. */
export async function enter(serverUrl: string, token: string): Promise<Person> {
  const query = `access_token=${token}&protocol=16&auto_subscribe=1&sdk=js&version=2.15.0`
  const socket = new WebSocket(`${serverUrl}/rtc?${query}`)
  socket.binaryType = 'arraybuffer'
  const asks: number[] = []
  let stopping = false
  /** In protobuf and in JSON alike the metadata is there as text. */
  const hear = (text: string) => {
    const [, ask, more] = /\{\\?"ask\\?":\s?(\d+)(,\\?"stopping\\?":\s?true)?\}/.exec(text) ?? []
    if (ask !== undefined) asks.push(Number(ask))
    stopping ||= more !== undefined
  }
  const gone = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('message', (event) => {
      const data = event.data as string | ArrayBuffer
      if (typeof data === 'string') return hear(data)
      hear(Buffer.from(data).toString('latin1'))
      if (new Uint8Array(data)[0] !== JOIN_RESPONSE) return
      // From a text frame on LiveKit speaks JSON, a leave included.
      socket.send(JSON.stringify({ pingReq: { timestamp: String(Date.now()), rtt: '0' } }))
      resolve()
    })
    socket.addEventListener('error', () => reject(new Error(`${serverUrl} lets nobody in`)))
    socket.addEventListener('close', () => reject(new Error(`${serverUrl} closed before anybody was in`)))
  })
  return { asks: () => asks, toldToStop: () => stopping, leave: () => socket.send(LEAVE), gone }
}
