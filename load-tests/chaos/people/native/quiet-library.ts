// LiveKit's native library passes every line of its debug log, tens of thousands per connection, to JavaScript, where each
// line goes to each room of the process. While 50 participants changed nodes at once, there were 145,000 lines, and the
// process did nothing else. The log is of no use here.
import { createRequire } from 'node:module'

/** The bindings under the library's own JavaScript. They are not a dependency of ours, so they are resolved from it. */
interface Bindings {
  livekitInitialize(onEvent: (bytes: Uint8Array) => void, withLogs: boolean, version: string): void
  FfiEvent: { fromBinary(bytes: Uint8Array): FfiEvent }
}

type Client = NonNullable<typeof globalThis._ffiClientInstance>
type FfiEvent = Parameters<Parameters<Client['on']>[1]>[0]

// Read at the first use of the library. Otherwise lines that are not passed on go to the standard error.
process.env['RUST_LOG'] ??= 'off'

/** Call it once the library is in use. Events still arrive in the same way, without the log lines. */
export function quietLibrary(): void {
  // oxlint-disable-next-line no-underscore-dangle -- the library’s name for it
  const client = globalThis._ffiClientInstance
  if (!client) throw new Error('the library is not in use yet')
  const require = createRequire(import.meta.resolve('@livekit/rtc-node'))
  const { livekitInitialize, FfiEvent } = require('@livekit/rtc-ffi-bindings') as Bindings
  livekitInitialize((bytes) => client.emit('ffi_event', FfiEvent.fromBinary(bytes)), false, '1.1.0')
}
