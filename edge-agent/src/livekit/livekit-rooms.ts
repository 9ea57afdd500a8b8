import { formatNodeMessage } from '@levee/control-plane/protocol/node-message'
import { RoomServiceClient } from 'livekit-server-sdk'
import { LIVEKIT_CALL_TIMEOUT_MS, LIVEKIT_READ_TIMEOUT_MS } from '../tuning/livekit.ts'

/** What the agent does to rooms of the LiveKit beside it. All methods reject on failure. */
export type LivekitRooms = {
  /**
   * Requests the clients in a room to call the control plane's `rejoin`, by room metadata `{"ask": n}`. `n` rises with
   * every call. `stopping` adds `"stopping": true`: LiveKit stops soon, whether or not the room has been moved. The
   * metadata stays, so that clients that join later see it. Resolves to false when the room does not exist.
   */
  askToRejoin(name: string, notice?: { stopping: true }): Promise<boolean>
  /** Participants in a room, exact at this moment; 0 when the room does not exist. */
  participantsIn(name: string): Promise<number>
  /** Closes a room and disconnects its participants. Resolves to false when the room does not exist. */
  close(name: string): Promise<boolean>
}

/**
 * `nowMs`: the wall clock, so that the numbers rise across restarts of the agent. They also rise when it is set back.
 */
export function livekitRooms(
  options: { url: URL; apiKey: string; apiSecret: string },
  nowMs: () => number = Date.now,
): LivekitRooms {
  const client = (timeoutMs: number) =>
    new RoomServiceClient(options.url.href.replace(/\/$/, ''), options.apiKey, options.apiSecret, {
      requestTimeout: timeoutMs / 1_000,
      failover: false,
    })
  const reading = client(LIVEKIT_READ_TIMEOUT_MS)
  const acting = client(LIVEKIT_CALL_TIMEOUT_MS)
  let lastAsk = 0

  return {
    askToRejoin(name, notice) {
      lastAsk = Math.max(lastAsk + 1, nowMs())
      return existed(acting.updateRoomMetadata(name, formatNodeMessage({ ask: lastAsk, ...notice })))
    },
    participantsIn: async (name) => (await reading.listParticipants(name)).length,
    close: (name) => existed(acting.deleteRoom(name)),
  }
}

async function existed(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'not_found') return false
    throw error
  }
}
