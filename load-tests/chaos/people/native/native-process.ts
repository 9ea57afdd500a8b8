// Rooms of participants without browsers, in a separate process. LiveKit's native library hands every event to every
// connection of its process, so a hundred participants in one process cost far more than five times twenty; and it may
// abort its process.
import { setTimeout as pause } from 'node:timers/promises'
import { NATIVE_REOPEN_MS, NATIVE_STATE_EVERY_MS } from '../../tuning.ts'
import type { RoomsOrder } from './messages.ts'
import { startCamera } from './native-camera.ts'
import { type NativeRoom, type NativeRoomOptions, openNativeRoom, stateOf } from './native-room.ts'

const rooms: NativeRoom[] = []

process.on('message', (message: RoomsOrder | 'reset') => {
  if (message !== 'reset') return void open(message)
  for (const { people } of rooms) for (const person of people) person.longestGapMs = 0
})
// If a track ends at the moment it is announced, the library throws outside of any call (“invalid handle”). The picture
// of that participant is then missing, which counts; the others continue.
process.on('uncaughtException', (error) => log(`LiveKit’s native library: ${error.message}`))
process.on('disconnect', () => process.exit())

async function open({ urls, codes, people, framesPerSec }: RoomsOrder): Promise<void> {
  const { source } = startCamera(framesPerSec)
  for (const code of codes) rooms.push(await openWithRetries({ urls, code, size: people, source }))
}

/** After a crash of this process, the links may be opened again in the middle of a storm of faults. */
async function openWithRetries(options: NativeRoomOptions): Promise<NativeRoom> {
  for (;;)
    try {
      return await openNativeRoom(options)
    } catch (error) {
      log(error instanceof Error ? error.message : String(error))
      await pause(NATIVE_REOPEN_MS)
    }
}

const log = (line: string) => process.stderr.write(`  ${line}\n`)

setInterval(() => process.send?.(rooms.map(stateOf)), NATIVE_STATE_EVERY_MS)
