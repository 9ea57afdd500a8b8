// Some rooms of people without browsers, in a process of their own: LiveKit’s native library hands each event to each
// connection of its process, so a hundred people in one are far dearer than five times twenty.
import type { Stack } from '../../deploy/local/stack.ts'
import { type NativeRoom, allSee, openNativeRoom } from './native-room.ts'
import { startCamera } from './native.ts'

/** First message to this process; a second one, `reset`, forgets the gaps until then. */
export interface Order {
  stack: Pick<Stack, 'url' | 'urls'>
  rooms: number
  people: number
}

/** What it tells of each of its rooms, again and again. */
export interface RoomState {
  /** Nodes that its people are connected to; 'none' for who is not. */
  nodes: string[]
  /** Everybody got a picture of everybody lately. */
  whole: boolean
  /** For each person. */
  longestGapMs: number[]
}

const FRAMES_PER_SEC = 4
const TELL_EVERY_MS = 250

const rooms: NativeRoom[] = []

process.on('message', (message: Order | 'reset') => {
  if (message !== 'reset') return void open(message)
  for (const { people } of rooms) for (const person of people) person.longestGapMs = 0
})
// The library throws into nowhere when a track ends in the moment that it is told of (“invalid handle”): that person’s
// picture is missed then, which counts; the others go on.
process.on('uncaughtException', (error) =>
  process.stderr.write(`  LiveKit’s native library: ${error.message}\n`),
)
process.on('disconnect', () => process.exit())

async function open({ stack, rooms: count, people }: Order): Promise<void> {
  const camera = startCamera(FRAMES_PER_SEC)
  while (rooms.length < count) rooms.push(await openNativeRoom(stack, camera.source, people))
}

const stateOf = (room: NativeRoom): RoomState => ({
  nodes: [...new Set(room.people.map(({ place }) => place?.node ?? 'none'))],
  whole: allSee(room),
  longestGapMs: room.people.map(({ longestGapMs }) => longestGapMs),
})

setInterval(() => process.send?.(rooms.map(stateOf)), TELL_EVERY_MS)
