import type { Role } from './shapes/rooms.ts'

/**
 * The LiveKit claims of a participant token: one room, one identity, the least rights that work. The control plane and
 * the agent of an offline branch sign the same claims.
 */
export const participantClaims = (roomName: string, role: Role) => ({
  video: {
    roomJoin: true,
    room: roomName,
    canPublish: true,
    canSubscribe: true,
    canPublishData: true,
    canUpdateOwnMetadata: false,
    ...(role === 'host' ? { roomAdmin: true } : {}),
  },
  attributes: { role },
})
