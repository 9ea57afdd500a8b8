import { createSigner } from 'fast-jwt'
import type { ClaimGrants, VideoGrant } from 'livekit-server-sdk'
import { PARTICIPANT_TOKEN_TTL_SEC } from '../protocol/limits.ts'

export type TokenRequest = {
  apiKey: string
  apiSecret: string
  roomName: string
  identity: string
  name: string
  role: 'host' | 'guest'
}

type Sign = (claims: Pick<ClaimGrants, 'name' | 'video' | 'attributes'> & { sub: string }) => string

/** As many nodes as a fleet has, and some that are gone. */
const SIGNERS_MAX = 50_000

/**
 * Signs LiveKit tokens with the least right that works: one room, one identity, one node's key, two minutes to use it.
 * The claims are those of livekit-server-sdk; its own signer takes three times the CPU (docs/adr/0005).
 */
export function createTokenSigner(): (request: TokenRequest) => string {
  const signers = new Map<string, Sign>()
  const signerOf = (apiKey: string, apiSecret: string): Sign => {
    const id = `${apiKey} ${apiSecret}`
    const known = signers.get(id)
    if (known) return known
    if (signers.size >= SIGNERS_MAX) signers.clear()
    const expiresIn = PARTICIPANT_TOKEN_TTL_SEC * 1000
    const sign: Sign = createSigner({ key: apiSecret, algorithm: 'HS256', iss: apiKey, expiresIn })
    signers.set(id, sign)
    return sign
  }
  return ({ apiKey, apiSecret, roomName, identity, name, role }) => {
    const video: VideoGrant = {
      roomJoin: true,
      room: roomName,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: false,
      ...(role === 'host' ? { roomAdmin: true } : {}),
    }
    return signerOf(apiKey, apiSecret)({ sub: identity, name, video, attributes: { role } })
  }
}
