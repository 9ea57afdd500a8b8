import { RoomServiceClient } from 'livekit-server-sdk'
import { ROOM_ORDER_TIMEOUT_MS, SCRAPE_TIMEOUT_MS } from '../tuning/agent.ts'

/** What the agent does to rooms of the LiveKit beside it. All reject on failure. */
export type LivekitRooms = {
  /**
   * Calls the people of a room to ask the control plane again: room metadata `{"ask": n}`. `n` rises with every call.
   * `stopping`: with `"stopping": true`, LiveKit is about to be stopped, whoever is there. Who joins later finds it
   * there. false: there is no such room.
   */
  callPeople(name: string, news?: { stopping: true }): Promise<boolean>
  /** People in a room, exact at this moment; 0 when there is no such room. */
  peopleIn(name: string): Promise<number>
  /** Closes a room; who is in it is disconnected. false: there is no such room. */
  close(name: string): Promise<boolean>
}

/** `nowMs`: wall clock. It makes the numbers rise over restarts of the agent; should it run back, they still rise. */
export function livekitRooms(
  options: { url: URL; apiKey: string; apiSecret: string },
  nowMs: () => number = Date.now,
): LivekitRooms {
  const client = (timeoutMs: number) =>
    new RoomServiceClient(options.url.href.replace(/\/$/, ''), options.apiKey, options.apiSecret, {
      requestTimeout: timeoutMs / 1_000,
      failover: false,
    })
  const reading = client(SCRAPE_TIMEOUT_MS)
  const acting = client(ROOM_ORDER_TIMEOUT_MS)
  let asked = 0

  return {
    callPeople(name, news) {
      asked = Math.max(asked + 1, nowMs())
      return wasThere(acting.updateRoomMetadata(name, JSON.stringify({ ask: asked, ...news })))
    },
    peopleIn: async (name) => (await reading.listParticipants(name)).length,
    close: (name) => wasThere(acting.deleteRoom(name)),
  }
}

async function wasThere(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'not_found') return false
    throw error
  }
}
