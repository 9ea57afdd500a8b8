/** Room codes, ids and names of LiveKit rooms. Free of `node:`: the web client uses it too. The hash of an id is in room-id.ts. */

import { ROOM_CODE_LENGTH, ROOM_ID_LENGTH, SHARDS_MAX } from './limits.ts'

declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

/**
 * The code in a join link: 14 letters of Crockford base32, lower case, no dashes; 70 random bits. A secret, never
 * logged. Where Redis is a cluster, two letters in front name the shard that holds the record: 16 letters.
 */
export type RoomCode = Brand<string, 'RoomCode'>

/**
 * The id that the system uses: 16 letters derived from the code by a one-way hash, after the two letters of the shard
 * if there are any. Safe in logs, metrics and reports.
 */
export type RoomId = Brand<string, 'RoomId'>

/** Two letters for the Redis shard that holds a room's record, one per site; '' where all sites share one. */
export type Shard = Brand<string, 'Shard'>

/** Ids of nodes: lower-case letters, digits, dashes; 1–63. */
export const NODE_ID_PATTERN = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'
export const NODE_ID = new RegExp(NODE_ID_PATTERN)

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

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

/** A new code from at least 9 random bytes, with the letters of its shard. */
export function roomCodeFrom(random: Uint8Array, shard: Shard): RoomCode {
  return (shard + base32(random, ROOM_CODE_LENGTH)) as RoomCode
}

/** The shard with a number, 1 … 1,023; 0: all sites share one. Throws RangeError above. */
export function shardFrom(number: number): Shard {
  if (number === 0) return '' as Shard
  if (number > SHARDS_MAX) throw new RangeError('at most 1,023 sites have a shard of their own')
  return `${ALPHABET[number >> 5]}${ALPHABET[number & 31]}` as Shard
}

export const shardOfCode = (code: RoomCode): Shard => code.slice(0, code.length - ROOM_CODE_LENGTH) as Shard
export const shardOfRoom = (roomId: string): Shard => roomId.slice(0, roomId.length - ROOM_ID_LENGTH) as Shard

/** A typed or clicked text as a code: any case, dashes and spaces ignored, look-alikes corrected. `null` if it cannot be one. */
export function parseRoomCode(text: string): RoomCode | null {
  const code = text.toLowerCase().replace(/[\s-]/g, '').replace(/[il]/g, '1').replace(/o/g, '0')
  return /^(?:[0-9a-hjkmnp-tv-z]{2})?[0-9a-hjkmnp-tv-z]{14}$/.test(code) ? (code as RoomCode) : null
}

/** As shown in links and read aloud: `k7qm-9w2xp-4tzrd`, with a shard `01k7-qm9w-2xp4-tzrd`. */
export function formatRoomCode(code: RoomCode): string {
  if (code.length > ROOM_CODE_LENGTH) return (code.match(/.{4}/g) ?? []).join('-')
  return `${code.slice(0, 4)}-${code.slice(4, 9)}-${code.slice(9)}`
}

/** Name of the LiveKit room. It carries the epoch, so that a node that was given up serves a name no client is sent to. */
export function roomNameOf(roomId: RoomId, epoch: number): string {
  return `${roomId}~${epoch}`
}

/** Room and epoch of a LiveKit room name; null for rooms that are not Levee's. */
export function parseRoomName(name: string): { roomId: RoomId; epoch: number } | null {
  const [, roomId, epoch] = /^([0-9a-z]+)~(\d+)$/.exec(name) ?? []
  return roomId === undefined ? null : { roomId: roomId as RoomId, epoch: Number(epoch) }
}
