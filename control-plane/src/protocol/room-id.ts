/** The one-way hashes of room codes and host keys. Not for the browser: it needs `node:crypto`. */
import { hash } from 'node:crypto'
import { HOST_KEY_LENGTH, ROOM_ID_LENGTH } from './limits.ts'
import { base32, shardOfCode, type RoomCode, type RoomId } from './room-names.ts'

export function roomIdOf(code: RoomCode): RoomId {
  return (shardOfCode(code) +
    base32(hash('sha256', `levee-room:${code}`, 'buffer'), ROOM_ID_LENGTH)) as RoomId
}

/** A new host key from at least 17 random bytes: 130 random bits. */
export const hostKeyFrom = (random: Uint8Array): string => base32(random, HOST_KEY_LENGTH)

/** SHA-256 in hex: what is stored of a secret that only ever has to be compared. */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'hex')
