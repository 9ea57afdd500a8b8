import type { Room } from 'livekit-client'

/** LiveKit gives a token right after the join and every five minutes; each is good for ten. */
const GOOD_MS = 9 * 60_000

/** A token for coming back to the same room of the same node. */
export type RefreshedToken = { token: string; untilMs: number }

/**
 * Listens for the tokens that a node hands out for LiveKit's own resume. The SDK tells of them inside alone: without
 * that the control plane is asked, which knows of a node that is back only by the node's next report.
 */
export function onTokenRefreshed(room: Room, listener: (refreshedToken: RefreshedToken) => void): () => void {
  const engine = room.engine as Partial<Room['engine']> | undefined
  const onToken = (token: string) => listener({ token, untilMs: Date.now() + GOOD_MS })
  engine?.on?.('tokenRefreshed', onToken)
  return () => void engine?.off?.('tokenRefreshed', onToken)
}
