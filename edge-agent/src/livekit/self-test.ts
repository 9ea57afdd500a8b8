import { AccessToken, RoomServiceClient } from 'livekit-server-sdk'
import type { Logger } from 'pino'
import { LIVEKIT_READ_TIMEOUT_MS, SELF_TEST_TOKEN_TTL_SEC } from '../tuning/livekit.ts'
import { freshGet } from './fresh-get.ts'

/** A room that the control plane never creates; validating a token for it does not create it either. */
const ROOM = 'self-test'

/**
 * Checks that a LiveKit that was down serves again: it lists its rooms, and on a fresh connection its signalling accepts
 * a token. Rejects with the reason when it does not.
 */
export function livekitSelfTest(options: {
  url: URL
  apiKey: string
  apiSecret: string
}): () => Promise<void> {
  const { url, apiKey, apiSecret } = options
  const api = new RoomServiceClient(url.href.replace(/\/$/, ''), apiKey, apiSecret, {
    requestTimeout: LIVEKIT_READ_TIMEOUT_MS / 1_000,
    failover: false,
  })

  const checkSignalling = async () => {
    const token = new AccessToken(apiKey, apiSecret, { identity: ROOM, ttl: SELF_TEST_TOKEN_TTL_SEC })
    token.addGrant({ roomJoin: true, room: ROOM })
    const headers = { authorization: `Bearer ${await token.toJwt()}` }
    const status = await freshGet(new URL('rtc/validate', url), headers, LIVEKIT_READ_TIMEOUT_MS)
    if (status !== 200) throw new Error(`its signalling answered ${status}`)
  }

  return async () => {
    await api.listRooms()
    await checkSignalling()
  }
}

/** Logs the first failure of a series; the same reason may come back four times a second until LiveKit is up. */
export function logSelfTests(log: Logger) {
  let last: string | undefined
  return {
    failed(error: unknown) {
      const reason = error instanceof Error ? error.message : 'unknown error'
      if (reason === last) return
      last = reason
      log.warn({ reason }, 'LiveKit answers again but fails the self-test; it still counts as down')
    },
    passed: () => (last = undefined),
  }
}
