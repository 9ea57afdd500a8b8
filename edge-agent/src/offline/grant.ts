import type { OfflineGrant } from '@levee/control-plane/protocol/tickets'

/** What the control plane allowed beforehand, and until when. `text`: as it came, to be shown afterwards. */
export type Rules = OfflineGrant & { text: string; expiresAtMs: number }

/**
 * What a rules text (a JWT) says. Only the control plane can check its signature; it came over the agent’s own connection
 * to it and was kept where only the agent writes. undefined: none for this node.
 */
export function readRules(text: string, node: string): Rules | undefined {
  const claims = parse(text)
  if (typeof claims !== 'object' || claims === null) return undefined
  const { node: given, site, shard, may, exp } = claims as Record<string, unknown>
  if (given !== node || typeof site !== 'string' || typeof shard !== 'string') return undefined
  if ((may !== 'join' && may !== 'start') || typeof exp !== 'number') return undefined
  return { node, site, shard, may, text, expiresAtMs: exp * 1_000 }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
  } catch {
    return undefined
  }
}
