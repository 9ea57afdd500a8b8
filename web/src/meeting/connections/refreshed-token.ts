import type { Room } from 'livekit-client'
import { REFRESHED_TOKEN_FRESH_MS } from '../tuning.ts'

/** A token for coming back to the same room of the same node. */
export type RefreshedToken = { token: string; validUntilMs: number }

/**
 * Listens for the tokens that a node issues for LiveKit's own resume. The SDK reports them only internally. Without them
 * we would have to call the control plane, which knows that a node is back only after the node's next report.
 */
export function onTokenRefreshed(room: Room, listener: (token: RefreshedToken) => void): () => void {
  const engine = room.engine as Partial<Room['engine']> | undefined
  const onToken = (token: string) => listener({ token, validUntilMs: Date.now() + REFRESHED_TOKEN_FRESH_MS })
  engine?.on?.('tokenRefreshed', onToken)
  return () => void engine?.off?.('tokenRefreshed', onToken)
}
