import { AccessToken, RoomServiceClient } from 'livekit-server-sdk'
import { SCRAPE_TIMEOUT_MS } from '../tuning/agent.ts'
import { freshGet } from './fresh-get.ts'

/** A room that the control plane never makes; asking whether one may join does not make it either. */
const ROOM = 'self-test'

/**
 * Whether a LiveKit that was given up serves again: it lists its rooms, and on a fresh connection its signalling says
 * that somebody with a token may come in. Rejects with the reason when not.
 */
export function livekitSelfTest(options: {
  url: URL
  apiKey: string
  apiSecret: string
}): () => Promise<void> {
  const { url, apiKey, apiSecret } = options
  const api = new RoomServiceClient(url.href.replace(/\/$/, ''), apiKey, apiSecret, {
    requestTimeout: SCRAPE_TIMEOUT_MS / 1_000,
    failover: false,
  })

  const mayJoin = async () => {
    const token = new AccessToken(apiKey, apiSecret, { identity: ROOM, ttl: 60 })
    token.addGrant({ roomJoin: true, room: ROOM })
    const headers = { authorization: `Bearer ${await token.toJwt()}` }
    const status = await freshGet(new URL('rtc/validate', url), headers, SCRAPE_TIMEOUT_MS)
    if (status !== 200) throw new Error(`its signalling answered ${status}`)
  }

  return async () => {
    await api.listRooms()
    await mayJoin()
  }
}
