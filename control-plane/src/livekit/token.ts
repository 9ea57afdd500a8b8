import { AccessToken } from 'livekit-server-sdk'
import { PARTICIPANT_TOKEN_TTL_SEC } from '../limits.ts'

export type TokenRequest = {
  apiKey: string
  apiSecret: string
  roomName: string
  identity: string
  name: string
  role: 'host' | 'guest'
}

/** A LiveKit token with the least right that works: one room, one identity, one node's key, two minutes to use it. */
export async function signParticipantToken(request: TokenRequest): Promise<string> {
  const token = new AccessToken(request.apiKey, request.apiSecret, {
    identity: request.identity,
    name: request.name,
    ttl: PARTICIPANT_TOKEN_TTL_SEC,
    attributes: { role: request.role },
  })
  token.addGrant({
    roomJoin: true,
    room: request.roomName,
    canPublish: true,
    canSubscribe: true,
    canPublishData: true,
    canUpdateOwnMetadata: false,
    ...(request.role === 'host' ? { roomAdmin: true } : {}),
  })
  return token.toJwt()
}
