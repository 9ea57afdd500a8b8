import type { AloneRules } from '../../protocol/tickets.ts'
import type { RoomsStore } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { cleanDisplayName, homeOfRoom, type RoomId } from '../../protocol/room-names.ts'
import { DEFAULT_ROOM_TTL_SEC } from '../../tuning/limits.ts'

export type MadeAloneInput = {
  node: string
  rules: string
  rooms: { roomId: string; title: string; hostKeyHash: string; expiresInSec: number }[]
}

/** After a branch was cut off: the meetings that were started there become known, as far as its rules allowed them. */
export async function adoptRooms(
  deps: {
    store: Pick<RoomsStore, 'adoptRooms'>
    readRules: (text: string) => AloneRules | null
    now: () => number
  },
  { node, rules: text, rooms }: MadeAloneInput,
): Promise<'adopted' | Refusal<'rules_refused'>> {
  const rules = deps.readRules(text)
  if (!rules || rules.node !== node || rules.may !== 'start') return { refused: 'rules_refused' }
  const { site, home } = rules
  const ours = rooms.filter(({ roomId }) => homeOfRoom(roomId) === home)
  await deps.store.adoptRooms(
    ours.map(({ roomId, title, hostKeyHash, expiresInSec }) => ({
      roomId: roomId as RoomId,
      title: cleanDisplayName(title) ?? '',
      hostKeyHash,
      site,
      expiresAtMs: deps.now() + Math.min(expiresInSec, DEFAULT_ROOM_TTL_SEC) * 1000,
    })),
  )
  return 'adopted'
}
