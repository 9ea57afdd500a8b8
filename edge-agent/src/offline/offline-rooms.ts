import { randomBytes, randomUUID } from 'node:crypto'
import type {
  CreatedRoom,
  CreateRoom,
  JoinAnswer,
  JoinRoom,
  RejoinRoom,
  RoomView,
} from '@levee/control-plane/contract'
import { hostUrlOf, joinUrlOf } from '@levee/control-plane/protocol/client-paths'
import { DEFAULT_ROOM_TTL_SEC } from '@levee/control-plane/protocol/limits'
import { isRefusal } from '@levee/control-plane/protocol/problems/refusal'
import { hashSecret, hostKeyFrom, roomIdOf } from '@levee/control-plane/protocol/room-id'
import { cleanDisplayName } from '@levee/control-plane/protocol/names/display-names'
import {
  formatRoomCode,
  parseRoomCode,
  roomCodeFrom,
  type RoomCode,
  type RoomId,
  type Shard,
} from '@levee/control-plane/protocol/room-names'
import {
  issuingNode,
  ownIdentities,
  readSealedTicket,
  type RejoinTicket,
} from '@levee/control-plane/protocol/tickets'
import type { Logger } from 'pino'
import { JOURNAL_ROOMS_MAX } from '../tuning/offline.ts'
import type { Admission } from './admission.ts'
import type { Grant } from './grant.ts'
import type { OfflineRoom } from './journal-file.ts'
import type { Journal } from './journal.ts'
import { reasonOf } from './probe.ts'
import * as refusals from './refusals.ts'
import type { Refusal } from './refusals.ts'
import type { RoomEpochs } from './room-epochs.ts'
import { nodeAccess, type OwnNode } from './tokens.ts'

/** `offlineRoom`: only if it was started here. */
type FoundRoom = { code: RoomCode; roomId: RoomId; grant: Grant; offlineRoom?: OfflineRoom }

/** Answers the requests for rooms of a branch while it is offline, as far as its grant allows. Refusals are values. */
export type OfflineRooms = ReturnType<typeof offlineRooms>

export function offlineRooms(deps: {
  own: OwnNode
  journal: Journal
  epochs: RoomEpochs
  admission: Pick<Admission, 'admit'>
  /** Rejects when LiveKit cannot close the room. */
  closeRoom: (name: string) => Promise<boolean>
  log: Logger
  nowMs?: () => number
}) {
  const { own, journal, epochs, log, nowMs = Date.now } = deps

  /** Finds a room by its code. Whether the link is valid is only known for rooms that were started here. */
  const find = (text: string): FoundRoom | Refusal => {
    const grant = journal.grant()
    if (!grant) return refusals.NO_GRANT
    const code = parseRoomCode(text)
    if (!code) return { refused: 'room_not_found' }
    const roomId = roomIdOf(code)
    const offlineRoom = journal.rooms.get(roomId)
    if (!offlineRoom) return { code, roomId, grant }
    if (offlineRoom.state === 'ended' || offlineRoom.expiresAtMs <= nowMs())
      return { refused: 'room_not_found' }
    return { code, roomId, grant, offlineRoom }
  }

  const admit = async (
    { roomId, offlineRoom }: FoundRoom,
    person: Omit<RejoinTicket, 'roomId'>,
    purpose: 'join' | 'rejoin',
  ): Promise<JoinAnswer | Refusal> => {
    const admitted = deps.admission.admit(purpose)
    if (admitted !== 'admitted') return { refused: admitted }
    const assigned = await epochs.assign(roomId).catch((error: unknown) => {
      log.warn({ room: roomId, reason: reasonOf(error) }, 'LiveKit’s list of rooms is not available')
      return undefined
    })
    if (!assigned) return { refused: 'no_node' }
    log.debug({ room: roomId, epoch: assigned.epoch, purpose }, 'joined while offline')
    return nodeAccess(own, { ...assigned, title: offlineRoom?.title ?? '' }, { roomId, ...person }, nowMs())
  }

  return {
    /** Whether the grant allows any answer at all. */
    mayAnswer: (): boolean => journal.grant() !== undefined,

    /** The control plane does not know this room yet: it is answered here even when the link is up. */
    isUnsynced(text: string): boolean {
      const code = parseRoomCode(text)
      return code !== null && journal.rooms.get(roomIdOf(code))?.state === 'unsynced'
    },

    view(text: string): RoomView | Refusal {
      const room = find(text)
      if (isRefusal(room)) return room
      const { code, offlineRoom, grant } = room
      return {
        room: formatRoomCode(code),
        title: offlineRoom?.title ?? '',
        expiresAt: new Date(offlineRoom?.expiresAtMs ?? grant.expiresAtMs).toISOString(),
        sites: [],
      }
    },

    async join(text: string, request: JoinRoom): Promise<JoinAnswer | Refusal> {
      const room = find(text)
      if (isRefusal(room)) return room
      const name = cleanDisplayName(request.name)
      if (!name)
        return {
          refused: 'invalid_request',
          errors: [{ field: '/name', message: 'must have a letter or a digit' }],
        }
      // The host keys of meetings that were started elsewhere are not known here.
      const isHost = room.offlineRoom !== undefined && request.hostKey !== undefined
      if (isHost && hashSecret(request.hostKey ?? '') !== room.offlineRoom?.hostKeyHash)
        return { refused: 'host_key_refused' }
      const identity = `${ownIdentities(own.node)}${randomUUID()}`
      return admit(room, { identity, name, role: isHost ? 'host' : 'guest' }, 'join')
    },

    async rejoin(text: string, { ticket }: RejoinRoom): Promise<JoinAnswer | Refusal> {
      const room = find(text)
      if (isRefusal(room)) return room
      const claims = readSealedTicket(ticket, own.apiSecret, nowMs())
      if (claims?.roomId === room.roomId) return admit(room, claims, 'rejoin')
      // A ticket for another node may be valid, which cannot be checked here: it is not refused for good.
      const isForThisNode =
        claims ?? readSealedTicket(ticket, own.apiSecret, 0) ?? issuingNode(ticket) === own.node
      return isForThisNode ? { refused: 'rejoin_refused' } : refusals.FOREIGN_TICKET
    },

    async create(request: CreateRoom, publicUrl: string): Promise<CreatedRoom | Refusal> {
      const grant = journal.grant()
      if (!grant) return refusals.NO_GRANT
      if (grant.may !== 'start') return refusals.NO_NEW_MEETINGS
      if (request.tenant !== undefined || request.standby !== undefined) return refusals.NEEDS_HEAD_OFFICE
      if (journal.rooms.size >= JOURNAL_ROOMS_MAX) return { refused: 'node_full' }
      const code = roomCodeFrom(randomBytes(9), grant.shard as Shard)
      const hostKey = hostKeyFrom(randomBytes(17))
      const roomId = roomIdOf(code)
      const title = cleanDisplayName(request.title ?? '') ?? ''
      const ttlSec = Math.min(request.expiresInSec ?? DEFAULT_ROOM_TTL_SEC, DEFAULT_ROOM_TTL_SEC)
      const expiresAtMs = nowMs() + ttlSec * 1_000
      journal.rooms.set(roomId, {
        roomId,
        title,
        hostKeyHash: hashSecret(hostKey),
        expiresAtMs,
        grant: grant.text,
        state: 'unsynced',
      })
      await journal.save()
      log.info({ room: roomId }, 'a meeting was started while offline')
      const room = formatRoomCode(code)
      const joinUrl = joinUrlOf(publicUrl, room)
      const expiresAt = new Date(expiresAtMs).toISOString()
      return { room, title, joinUrl, hostUrl: hostUrlOf(joinUrl, hostKey), hostKey, expiresAt }
    },

    /** Ends a meeting that was started here. One that is synced becomes available again when the link is up. */
    async end(text: string, hostKey: string): Promise<'ended' | Refusal> {
      const room = find(text)
      if (isRefusal(room)) return room
      const { roomId, offlineRoom } = room
      if (!offlineRoom) return refusals.CANNOT_END
      if (hashSecret(hostKey) !== offlineRoom.hostKeyHash) return { refused: 'host_key_refused' }
      // First, so that no one can join while it is being closed.
      journal.rooms.set(roomId, { ...offlineRoom, state: 'ended' })
      try {
        for (const name of await epochs.namesOf(roomId)) await deps.closeRoom(name)
      } catch (error) {
        journal.rooms.set(roomId, offlineRoom)
        log.warn({ room: roomId, reason: reasonOf(error) }, 'LiveKit could not end a meeting')
        return { refused: 'no_node' }
      }
      journal.assigned.delete(roomId)
      await journal.save()
      log.info({ room: roomId }, 'a meeting was ended by its host while offline')
      return 'ended'
    },
  }
}
