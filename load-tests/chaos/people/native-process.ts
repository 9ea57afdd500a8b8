// Some rooms of people without browsers, in a process of their own: LiveKit’s native library hands each event to each
// connection of its process, so a hundred people in one are far dearer than five times twenty; and it may end the
// process that it is in.
import { setTimeout as pause } from 'node:timers/promises'
import { TELL_EVERY_MS } from './native-people.ts'
import { type NativeRoom, type NativeRoomOptions, allSee, epochsOf, openNativeRoom } from './native-room.ts'
import { startCamera } from './native.ts'

/** First message to this process; a second one, `reset`, forgets the gaps until then. */
export interface Order {
  /** Of the control planes; any will do. */
  urls: readonly string[]
  /** Of the rooms’ links, and how many people come to each of them. */
  codes: readonly string[]
  people: number
  framesPerSec: number
}

/** What it tells of each of its rooms, again and again. */
export interface RoomState {
  /** Of the link. */
  code: string
  /** Nodes that its people are connected to; 'none' for who is not. */
  nodes: string[]
  /** Epochs that its people are connected to. More than one: it is split, or on its way. */
  epochs: number[]
  /** Everybody got a picture of everybody lately. */
  whole: boolean
  /** For each person. */
  longestGapMs: number[]
}

const OPEN_AGAIN_MS = 1_000

const rooms: NativeRoom[] = []

process.on('message', (message: Order | 'reset') => {
  if (message !== 'reset') return void open(message)
  for (const { people } of rooms) for (const person of people) person.longestGapMs = 0
})
// The library throws into nowhere when a track ends in the moment that it is told of (“invalid handle”): that person’s
// picture is missed then, which counts; the others go on.
process.on('uncaughtException', (error) => tell(`LiveKit’s native library: ${error.message}`))
process.on('disconnect', () => process.exit())

async function open({ urls, codes, people, framesPerSec }: Order): Promise<void> {
  const { source } = startCamera(framesPerSec)
  for (const code of codes) rooms.push(await insist({ urls, code, size: people, source }))
}

/** Whoever opens the link again after a crash may find the house in the middle of a storm. */
async function insist(options: NativeRoomOptions): Promise<NativeRoom> {
  for (;;)
    try {
      return await openNativeRoom(options)
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error))
      await pause(OPEN_AGAIN_MS)
    }
}

const tell = (line: string) => process.stderr.write(`  ${line}\n`)

const stateOf = (room: NativeRoom): RoomState => ({
  code: room.code,
  nodes: [...new Set(room.people.map(({ place }) => place?.node ?? 'none'))],
  epochs: epochsOf(room),
  whole: allSee(room),
  longestGapMs: room.people.map(({ longestGapMs }) => longestGapMs),
})

setInterval(() => process.send?.(rooms.map(stateOf)), TELL_EVERY_MS)
