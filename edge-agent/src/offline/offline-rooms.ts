import { randomBytes, randomUUID } from 'node:crypto'
import { issuingNode, readSealedTicket } from '@levee/control-plane/protocol/tickets'
import type {
  CreatedRoom,
  CreateRoom,
  JoinAnswer,
  JoinRoom,
  RejoinRoom,
  RoomView,
} from '@levee/control-plane/contract'
import { roomIdOf } from '@levee/control-plane/protocol/room-id'
import {
  base32,
  cleanDisplayName,
  formatRoomCode,
  parseRoomCode,
  roomCodeFrom,
  type Shard,
  type RoomCode,
  type RoomId,
} from '@levee/control-plane/protocol/room-names'
import type { Logger } from 'pino'
import type { admission } from './admission.ts'
import type { Book, MadeRoom } from './journal.ts'
import { reasonOf } from './control-plane-link.ts'
import type { Names } from './room-epochs.ts'
import type { Refusal } from './problems.ts'
import type { Rules } from './grant.ts'
import { hashOf, seatAt, type OwnNode } from './tokens.ts'
import { MADE_MAX, ROOM_TTL_SEC } from '../tuning/offline.ts'

const NO_RULES =
  'The head office cannot be reached, and this branch is not allowed to let people into meetings by itself. Meetings that run here go on; try again when the line is back.'
const NO_NEW =
  'The head office cannot be reached, and this branch is not allowed to start meetings by itself. Its people can join by links that they have.'
const FOREIGN_TICKET =
  'The head office cannot be reached, and your place in this meeting was given for another node. Wait for the line, or join again by the link to meet the people of this branch.'
const NOT_ENDED =
  'The head office cannot be reached, and it alone can end this meeting. Try again when the line is back.'
const ONLY_THERE =
  'The head office cannot be reached, and it alone can start a meeting for a tenant or with a standby.'

/** What people of the branch get while it is cut off, by its rules. Refusals are values. */
export type AloneRooms = ReturnType<typeof aloneRooms>

export function aloneRooms(deps: {
  own: OwnNode
  book: Book
  names: Names
  admission: ReturnType<typeof admission>
  /** Rejects when LiveKit does not do it. */
  closeRoom: (name: string) => Promise<boolean>
  log: Logger
  nowMs?: () => number
}) {
  const { own, book, names, log, nowMs = Date.now } = deps

  /** What is known of a room here; null: it is over. undefined: nothing, as of all that were not started here. */
  const madeHere = (roomId: RoomId): MadeRoom | null | undefined => {
    const made = book.made.get(roomId)
    return made && (made.state === 'ended' || made.expiresAtMs <= nowMs()) ? null : made
  }

  const lookUp = (
    text: string,
  ): { code: RoomCode; roomId: RoomId; made?: MadeRoom; rules: Rules } | Refusal => {
    const rules = book.rules()
    if (!rules) return { refused: 'store_unavailable', detail: NO_RULES }
    const code = parseRoomCode(text)
    if (!code) return { refused: 'room_not_found' }
    const roomId = roomIdOf(code)
    const made = madeHere(roomId)
    if (made === null) return { refused: 'room_not_found' }
    return { code, roomId, rules, ...(made && { made }) }
  }

  const admit = async (
    room: { roomId: RoomId; made?: MadeRoom },
    person: { identity: string; name: string; role: 'host' | 'guest' },
    purpose: 'join' | 'rejoin',
  ): Promise<JoinAnswer | Refusal> => {
    const answer = deps.admission.ask(purpose)
    if (answer !== 'welcome') return { refused: answer }
    const { roomId, made } = room
    const place = await names.nameFor(roomId).catch((error: unknown) => {
      log.warn({ room: roomId, reason: reasonOf(error) }, 'LiveKit does not tell its rooms')
      return undefined
    })
    if (!place) return { refused: 'no_node' }
    log.debug({ room: roomId, epoch: place.epoch, purpose }, 'joined while cut off')
    return seatAt(own, { ...place, title: made?.title ?? '' }, { roomId, ...person }, nowMs())
  }

  return {
    /** Whether the branch may let people in at all. */
    mayAnswer: (): boolean => book.rules() !== undefined,

    /** Rooms that the control plane cannot know of yet: to be answered here also when it is there. */
    isUntold(text: string): boolean {
      const code = parseRoomCode(text)
      return code !== null && book.made.get(roomIdOf(code))?.state === 'untold'
    },

    view(text: string): RoomView | Refusal {
      const room = lookUp(text)
      if ('refused' in room) return room
      const { code, made, rules } = room
      return {
        room: formatRoomCode(code),
        title: made?.title ?? '',
        expiresAt: new Date(made?.expiresAtMs ?? rules.expiresAtMs).toISOString(),
        sites: [],
      }
    },

    async join(text: string, wish: JoinRoom): Promise<JoinAnswer | Refusal> {
      const room = lookUp(text)
      if ('refused' in room) return room
      const name = cleanDisplayName(wish.name)
      if (!name)
        return {
          refused: 'invalid_request',
          errors: [{ field: '/name', message: 'must have a visible character' }],
        }
      // Of meetings that were started elsewhere nobody here knows the host key.
      const isHost = room.made !== undefined && wish.hostKey !== undefined
      if (isHost && hashOf(wish.hostKey ?? '') !== room.made?.hostKeyHash)
        return { refused: 'host_key_refused' }
      return admit(room, { identity: randomUUID(), name, role: isHost ? 'host' : 'guest' }, 'join')
    },

    async rejoin(text: string, wish: RejoinRoom): Promise<JoinAnswer | Refusal> {
      const room = lookUp(text)
      if ('refused' in room) return room
      const seat = readSealedTicket(wish.ticket, own.apiSecret, nowMs())
      if (seat?.roomId === room.roomId) return admit(room, seat, 'rejoin')
      // Given for a node elsewhere it may be as good as any: that cannot be told here, so it is not refused for good.
      const isOurs =
        seat ?? readSealedTicket(wish.ticket, own.apiSecret, 0) ?? issuingNode(wish.ticket) === own.node
      return isOurs ? { refused: 'rejoin_refused' } : { refused: 'store_unavailable', detail: FOREIGN_TICKET }
    },

    async create(wish: CreateRoom, publicUrl: string): Promise<CreatedRoom | Refusal> {
      const rules = book.rules()
      if (!rules) return { refused: 'store_unavailable', detail: NO_RULES }
      if (rules.may !== 'start') return { refused: 'store_unavailable', detail: NO_NEW }
      if (wish.tenant !== undefined || wish.standby !== undefined)
        return { refused: 'store_unavailable', detail: ONLY_THERE }
      if (book.made.size >= MADE_MAX) return { refused: 'node_full' }
      const code = roomCodeFrom(randomBytes(9), rules.shard as Shard)
      const hostKey = base32(randomBytes(17), 26)
      const roomId = roomIdOf(code)
      const title = cleanDisplayName(wish.title ?? '') ?? ''
      const expiresAtMs = nowMs() + Math.min(wish.expiresInSec ?? ROOM_TTL_SEC, ROOM_TTL_SEC) * 1_000
      const hostKeyHash = hashOf(hostKey)
      book.made.set(roomId, { roomId, title, hostKeyHash, expiresAtMs, rules: rules.text, state: 'untold' })
      await book.save()
      log.info({ room: roomId }, 'a meeting was started while cut off')
      const room = formatRoomCode(code)
      const joinUrl = `${publicUrl}/m/${room}`
      // In the fragment: browsers do not send it, so no access log ever sees it.
      const hostUrl = `${joinUrl}#host=${hostKey}`
      return { room, title, joinUrl, hostUrl, hostKey, expiresAt: new Date(expiresAtMs).toISOString() }
    },

    /** Ends a meeting that was started here. Told already: its link works again once the line is back. */
    async end(text: string, hostKey: string): Promise<'ended' | Refusal> {
      const room = lookUp(text)
      if ('refused' in room) return room
      const { roomId, made } = room
      if (!made) return { refused: 'store_unavailable', detail: NOT_ENDED }
      if (hashOf(hostKey) !== made.hostKeyHash) return { refused: 'host_key_refused' }
      // First, so that nobody comes in anew while it is being closed.
      book.made.set(roomId, { ...made, state: 'ended' })
      try {
        for (const name of await names.namesOf(roomId)) await deps.closeRoom(name)
      } catch (error) {
        book.made.set(roomId, made)
        log.warn({ room: roomId, reason: reasonOf(error) }, 'a meeting could not be ended on LiveKit')
        return { refused: 'no_node' }
      }
      book.given.delete(roomId)
      await book.save()
      log.info({ room: roomId }, 'a meeting was ended by its host while cut off')
      return 'ended'
    },
  }
}
