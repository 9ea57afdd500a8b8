import type { PlaceRefusal, Placement, RoomsStore } from '../domain/rooms.ts'
import type { StandbyLevel } from '../protocol/shapes/rooms.ts'
import { shardOfRoom, roomNameOf, type RoomId } from '../protocol/room-names.ts'
import { PLACE_BATCH } from '../tuning/redis.ts'
import { batcher } from './batcher.ts'
import { rootOf } from './keys.ts'
import { cardFrom } from './script-args.ts'
import type { Script } from './scripts.ts'
import type { Ticks } from './write-clock.ts'

const REFUSALS: Record<string, PlaceRefusal> = {
  unknown: { refused: 'room_not_found' },
  forbidden: { refused: 'host_key_refused' },
  no_node: { refused: 'no_node' },
  fleet_full: { refused: 'fleet_full' },
  site_full: { refused: 'site_full' },
  node_full: { refused: 'node_full' },
  node_busy: { refused: 'node_busy' },
  recovering: { refused: 'store_recovering' },
}

/** Somebody else may be binding the room at the same time; each turn starts from what is true then. */
const TURNS = 4

type Purpose = 'join' | 'rejoin' | 'move'
type Ask = { roomId: RoomId; purpose: Purpose; hostKeyHash: string; gone: number; near: string; held: number }
type Answer = readonly unknown[]

/** Places rooms. One call where room and node stand under one root; else the room's home has the last word. */
export function createPlacer(deps: {
  ticks: Ticks
  manyRoots: boolean
  rootOfSite: (site: string) => Promise<string | undefined>
  /** Takes the room from a node under another root than its record, with a word to the node. */
  dropRoom: (root: string, node: string, name: string, order: '' | 'drop' | 'moved') => Promise<void>
  script: (name: string) => Script
  spillTo: () => readonly string[]
  standby?: StandbyLevel
}): Pick<RoomsStore, 'placeRoom' | 'moveRoom'> {
  const { ticks, manyRoots, rootOfSite, dropRoom } = deps
  const scripts = {
    placeRooms: deps.script('rooms/place-rooms'),
    holdRoom: deps.script('rooms/hold-room'),
    commitRoom: deps.script('rooms/commit-room'),
  }
  const run = (verb: keyof typeof scripts, root: string, args: (string | number)[]) =>
    ticks.ask(scripts[verb], root, args)

  const ask = batcher<Ask, Answer>({
    size: PLACE_BATCH,
    waitMs: 0,
    call: async (root, asks) => {
      const common = [deps.spillTo().join(','), deps.standby ?? 'off']
      const each = asks.flatMap((a) => [a.roomId, a.purpose, a.hostKeyHash, a.gone, a.near, a.held])
      return (await run('placeRooms', root, [...common, ...each])) as Answer[]
    },
  })

  /** A room of this root that runs on a node of another one. */
  async function joinElsewhere({ roomId, purpose }: Ask, answer: Answer): Promise<Answer | 'gone'> {
    const [, node, site, epoch, cost, title, expiresAtMs] = answer.map(String)
    const root = await rootOfSite(site ?? '')
    if (!root) return 'gone'
    const args = [roomId, epoch, purpose, cost, title, expiresAtMs, node, '', 0, 0] as (string | number)[]
    const [held] = (await run('holdRoom', root, args)) as Answer[]
    if (held?.[0] !== 'gone') return held ?? ['no_node']
    await dropRoom(root, node ?? '', roomNameOf(roomId, Number(epoch)), 'moved')
    return 'gone'
  }

  /** No place at home: the other sites are asked in turn, and the room's home binds it to the first that has one. */
  async function spill(home: string, { roomId, purpose }: Ask, answer: Answer): Promise<Answer | 'lost'> {
    const [, next, epoch, cost, sites, title, expiresAtMs, lapseAtMs, atHome, least] = answer.map(String)
    let full = atHome === 'full'
    for (const site of manyRoots ? (sites ?? '').split(',') : []) {
      const root = await rootOfSite(site)
      if (!root) continue
      const args = [roomId, next, purpose, cost, title, expiresAtMs, '', site, lapseAtMs, least] as (
        | string
        | number
      )[]
      const [held] = (await run('holdRoom', root, args)) as Answer[]
      if (held?.[0] === 'fleet_full') full = true
      if (held?.[0] !== 'placed') continue
      const node = String(held[1])
      const [bound] = await run('commitRoom', home, [roomId, epoch ?? 0, next ?? 0, node, String(held[3])])
      if (bound === 'bound') return held
      await dropRoom(root, node, roomNameOf(roomId, Number(next)), '')
      return 'lost'
    }
    if (atHome === 'recovering') return [atHome]
    return [full ? 'fleet_full' : 'no_node']
  }

  async function settled(wish: Ask): Promise<Answer> {
    const home = rootOf(shardOfRoom(wish.roomId))
    let { gone } = wish
    for (let turn = 0; turn < TURNS; turn++) {
      const one: Ask = { ...wish, gone }
      let answer: Answer | 'gone' | 'lost' = await ask(home, one)
      if (answer[0] === 'elsewhere') {
        const epoch = Number(answer[3])
        answer = await joinElsewhere(one, answer)
        if (answer === 'gone') gone = epoch
      } else if (answer[0] === 'spill') {
        answer = await spill(home, one, answer)
      }
      if (typeof answer !== 'string') return answer
    }
    return ['node_busy']
  }

  return {
    placeRoom: async (roomId, purpose, { near = '', hostKeyHash = '', heldEpoch: held = 0 }) =>
      placementOf(await settled({ roomId, purpose, hostKeyHash, gone: 0, near, held })),

    async moveRoom({ roomId, epoch, node }) {
      const answer = await settled({
        roomId,
        purpose: 'move',
        hostKeyHash: '',
        gone: epoch,
        near: node,
        held: 0,
      })
      if (answer[0] === 'stays') return 'stays'
      const placed = placementOf(answer)
      return 'refused' in placed ? placed : 'moved'
    },
  }
}

function placementOf(answer: Answer): Placement | PlaceRefusal {
  const refusal = REFUSALS[String(answer[0])]
  if (refusal) return refusal
  const [, node = '', epoch, site = '', card, title = '', expiresAtMs, silentMs, ...second] =
    answer.map(String)
  const [standby, standbyEpoch, standbySite = '', standbyCard, level] = second
  return {
    ...cardFrom(card),
    node,
    epoch: Number(epoch),
    site,
    title,
    expiresAtMs: Number(expiresAtMs),
    silentMs: Number(silentMs),
    standby:
      standby === undefined
        ? null
        : {
            ...cardFrom(standbyCard),
            node: standby,
            epoch: Number(standbyEpoch),
            site: standbySite,
            sound: level === 'sound',
          },
  }
}
