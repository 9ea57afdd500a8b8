import { LRUCache } from 'lru-cache'
import { UNSEALED_SECRETS_MAX, UNSEALED_SECRET_TTL_MS } from '../tuning/secrets.ts'
import type { Keyring } from './keyring.ts'

/**
 * `unseal` of the keyring, cached: unsealing costs more than the rest of a join. The sealed text is part of the cache
 * key, so a node that enrols with another secret is noticed at once. Throws as `unseal` does.
 */
export function unsealedSecrets(
  keyring: Pick<Keyring, 'unseal'>,
  ttlMs = UNSEALED_SECRET_TTL_MS,
): Keyring['unseal'] {
  const cache = new LRUCache<string, string>({
    max: UNSEALED_SECRETS_MAX,
    ttl: ttlMs,
    // An expired secret leaves the memory even if its node is never joined again.
    ttlAutopurge: true,
  })
  return (node, sealed) => {
    const key = `${node} ${sealed}`
    const known = cache.get(key)
    if (known !== undefined) return known
    const secret = keyring.unseal(node, sealed)
    cache.set(key, secret)
    return secret
  }
}
