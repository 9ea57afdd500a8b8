import { createSigner } from 'fast-jwt'
import type { ClaimGrants } from 'livekit-server-sdk'
import { LRUCache } from 'lru-cache'
import type { TokenRequest } from '../domain/rooms.ts'
import { PARTICIPANT_TOKEN_TTL_SEC } from '../protocol/limits.ts'
import { participantClaims } from '../protocol/participant-grant.ts'
import { TOKEN_SIGNERS_MAX } from '../tuning/livekit.ts'

type Sign = (claims: Pick<ClaimGrants, 'name' | 'video' | 'attributes'> & { sub: string }) => string

/**
 * Signs LiveKit tokens with the least rights that work. The claims are those of livekit-server-sdk; its own signer takes
 * three times the CPU (docs/adr/0005).
 */
export function createTokenSigner(): (request: TokenRequest) => string {
  const signers = new LRUCache<string, Sign>({ max: TOKEN_SIGNERS_MAX })
  const signerOf = (apiKey: string, apiSecret: string): Sign => {
    const id = `${apiKey} ${apiSecret}`
    const known = signers.get(id)
    if (known) return known
    const expiresIn = PARTICIPANT_TOKEN_TTL_SEC * 1000
    const sign: Sign = createSigner({ key: apiSecret, algorithm: 'HS256', iss: apiKey, expiresIn })
    signers.set(id, sign)
    return sign
  }
  return ({ apiKey, apiSecret, roomName, identity, name, role }) =>
    signerOf(apiKey, apiSecret)({ sub: identity, name, ...participantClaims(roomName, role) })
}
