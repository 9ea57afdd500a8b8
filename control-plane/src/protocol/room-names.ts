/** Room codes, ids and names as values. */
import { hash } from 'node:crypto'

declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

/**
 * What a person has: 14 letters of Crockford base32, lower case, no dashes; 70 random bits. A secret: never logged.
 * Where each site has a root of its own in Redis, two letters in front say whose root holds the record: 16 letters.
 */
export type RoomCode = Brand<string, 'RoomCode'>

/** What the system uses: 16 letters derived from the code by a one-way hash, after the home's two letters if there are any. Safe in logs, metrics and reports. */
export type RoomId = Brand<string, 'RoomId'>

/** Two letters for the site whose root in Redis holds a room's record; '' where all sites share one root. */
export type Home = Brand<string, 'Home'>

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const ROOM_CODE_LENGTH = 14
const ROOM_ID_LENGTH = 16

/** `bytes` as Crockford base32, 5 bits a letter, `length` letters; needs `length * 5 / 8` bytes. */
export function base32(bytes: Uint8Array, length: number): string {
  let out = ''
  let acc = 0
  let bits = 0
  for (const byte of bytes) {
    acc = (acc << 8) | byte
    bits += 8
    while (bits >= 5 && out.length < length) {
      bits -= 5
      out += ALPHABET[(acc >> bits) & 31]
    }
    acc &= (1 << bits) - 1
  }
  return out
}

/** A new code from at least 9 random bytes, with the letters of its home. */
export function roomCodeFrom(random: Uint8Array, home: Home): RoomCode {
  return (home + base32(random, ROOM_CODE_LENGTH)) as RoomCode
}

/** The home with a number, 1 … 1023; 0 is the only one there is. */
export function homeFrom(number: number): Home {
  if (number === 0) return '' as Home
  if (number > 1_023) throw new RangeError('at most 1,023 sites have a root of their own')
  return `${ALPHABET[number >> 5]}${ALPHABET[number & 31]}` as Home
}

export const homeOfCode = (code: RoomCode): Home => code.slice(0, code.length - ROOM_CODE_LENGTH) as Home
export const homeOfRoom = (roomId: string): Home => roomId.slice(0, roomId.length - ROOM_ID_LENGTH) as Home

/** What somebody typed or clicked, as a code: any case, dashes and spaces ignored, look-alikes mended. `null` if it cannot be one. */
export function parseRoomCode(text: string): RoomCode | null {
  const code = text.toLowerCase().replace(/[\s-]/g, '').replace(/[il]/g, '1').replace(/o/g, '0')
  return /^(?:[0-9a-hjkmnp-tv-z]{2})?[0-9a-hjkmnp-tv-z]{14}$/.test(code) ? (code as RoomCode) : null
}

/** As shown in links and read aloud: `k7qm-9w2xp-4tzrd`, with a home `01k7-qm9w-2xp4-tzrd`. */
export function formatRoomCode(code: RoomCode): string {
  if (code.length > ROOM_CODE_LENGTH) return (code.match(/.{4}/g) ?? []).join('-')
  return `${code.slice(0, 4)}-${code.slice(4, 9)}-${code.slice(9)}`
}

export function roomIdOf(code: RoomCode): RoomId {
  return (homeOfCode(code) + base32(hash('sha256', `levee-room:${code}`, 'buffer'), ROOM_ID_LENGTH)) as RoomId
}

/** Name of the room on the node: carries the epoch, so a zombie serves only a name nobody is sent to. */
export function roomNameOf(roomId: RoomId, epoch: number): string {
  return `${roomId}~${epoch}`
}

/** Room and epoch of a name on a node; null for rooms that are none of ours. */
export function parseRoomName(name: string): { roomId: RoomId; epoch: number } | null {
  const [, roomId, epoch] = /^([0-9a-z]+)~(\d+)$/.exec(name) ?? []
  return roomId === undefined ? null : { roomId: roomId as RoomId, epoch: Number(epoch) }
}

/**
 * A display name as it may be shown: NFC, no control, bidi-override or line-breaking characters, single spaces,
 * trimmed. `null` if nothing visible is left.
 */
export function cleanDisplayName(raw: string): string | null {
  const name = raw
    .normalize('NFC')
    .replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\u200B\u200E\u200F\u2060\uFEFF]/gu, ' ')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/\s+/gu, ' ')
    .trim()
  return /[^\s\p{Cf}\p{M}]/u.test(name) ? name : null
}
