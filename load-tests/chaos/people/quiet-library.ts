// LiveKit’s native library hands every line of its own debugging, tens of thousands for each connection, to JavaScript,
// and there each line goes to each room of the process. Measured while 50 people at once changed their node: 145,000
// lines, and a process that did nothing else. Nobody reads them.
import { createRequire } from 'node:module'

/** What the library’s own JavaScript is built on. It is no dependency of ours: found from there. */
interface Bindings {
  livekitInitialize(onEvent: (bytes: Uint8Array) => void, withLogs: boolean, version: string): void
  FfiEvent: { fromBinary(bytes: Uint8Array): FfiEvent }
}

type Client = NonNullable<typeof globalThis._ffiClientInstance>
type FfiEvent = Parameters<Parameters<Client['on']>[1]>[0]

// Read when the library is first used: what is not handed on is written to the standard error otherwise.
process.env['RUST_LOG'] ??= 'off'

/** Once the library is in use: the same events by the same way, without the lines. */
export function quietLibrary(): void {
  // oxlint-disable-next-line no-underscore-dangle -- the library’s name for it
  const client = globalThis._ffiClientInstance
  if (!client) throw new Error('the library is not in use yet')
  const require = createRequire(import.meta.resolve('@livekit/rtc-node'))
  const { livekitInitialize, FfiEvent } = require('@livekit/rtc-ffi-bindings') as Bindings
  livekitInitialize((bytes) => client.emit('ffi_event', FfiEvent.fromBinary(bytes)), false, '1.1.0')
}
