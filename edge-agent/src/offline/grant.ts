import type { OfflineGrant } from '@levee/control-plane/protocol/tickets'

/** An offline grant with its expiry. `text`: as received, to be presented to the control plane later. */
export type Grant = OfflineGrant & { text: string; expiresAtMs: number }

/**
 * Reads the claims of a grant (a JWT). Only the control plane can verify the signature; the grant came over the agent's
 * own connection to it and is stored where only the agent writes. undefined: it is not a grant for this node.
 */
export function readGrant(text: string, node: string): Grant | undefined {
  const claims = parseClaims(text)
  if (typeof claims !== 'object' || claims === null) return undefined
  const { node: grantee, site, shard, may, exp } = claims as Record<string, unknown>
  if (grantee !== node || typeof site !== 'string' || typeof shard !== 'string') return undefined
  if ((may !== 'join' && may !== 'start') || typeof exp !== 'number') return undefined
  return { node, site, shard, may, text, expiresAtMs: exp * 1_000 }
}

function parseClaims(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
  } catch {
    return undefined
  }
}
