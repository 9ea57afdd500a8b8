import {
  ConnectionError,
  ConnectionErrorReason,
  Room,
  ScreenSharePresets,
  type ReconnectPolicy,
  type RoomOptions,
} from 'livekit-client'
import { readChoices } from '../../devices/saved-choices.ts'
import type { ConnectionFault } from '../../api/shown-problem.ts'
import type { NodeAccess } from '@levee/control-plane/contract'

/**
 * LiveKit's own retries of the same node. Its usual ladder (0, 0.3, 1.2, 2.7, 4.8, 7 s …) would find a restarted
 * node seconds overdue. quick: we depend on this node; slow: a standby does its work; none: the meeting has another
 * place, and tries would only take the new one's time, but its pictures stay as they are.
 */
type Pace = 'quick' | 'slow' | 'none'
const RETRY_MS: Record<Pace, readonly number[]> = {
  quick: [100, 150, 250, 250, 400, 400, 500, 700],
  slow: [600, 900, 1_200],
  none: [20_000],
}
const GIVE_UP_MS = 120_000

const paces = new WeakMap<ReconnectPolicy, Pace>()

function ownPace(): ReconnectPolicy {
  const policy: ReconnectPolicy = {
    nextRetryDelayInMs: ({ retryCount, elapsedMs }) => {
      if (elapsedMs > GIVE_UP_MS) return null
      const ladder = RETRY_MS[paces.get(policy) ?? 'quick']
      return (ladder[Math.min(retryCount, ladder.length - 1)] ?? 0) * (0.8 + 0.4 * Math.random())
    },
  }
  return policy
}

/** From the next try on. */
export function setPace({ options }: Room, pace: Pace): void {
  if (options.reconnectPolicy) paces.set(options.reconnectPolicy, pace)
}

/** A node that drops packets must not hold a try for LiveKit's usual 15 s. */
const SOCKET_TIMEOUT_MS = 5_000

function roomOptions(): RoomOptions {
  const { speakerId } = readChoices()
  return {
    adaptiveStream: true,
    dynacast: true,
    // Giving up one connection must not switch off the camera that the other one sends.
    stopLocalTrackOnUnpublish: false,
    reconnectPolicy: ownPace(),
    publishDefaults: {
      videoCodec: 'vp8',
      screenShareEncoding: ScreenSharePresets.h1080fps30.encoding,
    },
    ...(speakerId ? { audioOutput: { deviceId: speakerId } } : {}),
  }
}

export const newRoom = (): Room => new Room(roomOptions())

/** For a room that was made beforehand: the person may have chosen another speaker since. */
export function refreshOptions(room: Room): void {
  const { speakerId } = readChoices()
  // A speaker that has unreachable is not worth a fault: the sound comes out of the usual one.
  if (speakerId) room.switchActiveDevice('audiooutput', speakerId).catch(() => undefined)
}

export function connectRoom(room: Room, { serverUrl, participantToken }: NodeAccess): Promise<void> {
  return room.connect(serverUrl, participantToken, { websocketTimeout: SOCKET_TIMEOUT_MS })
}

/** Tells a blocked socket from a refused token and from blocked media: each needs another remedy. */
export function connectionFaultOf(error: unknown): ConnectionFault {
  if (!(error instanceof ConnectionError)) return 'connection_failed'
  switch (error.reason) {
    case ConnectionErrorReason.NotAllowed:
    case ConnectionErrorReason.ServiceNotFound:
      return 'token_refused'
    case ConnectionErrorReason.ServerUnreachable:
    case ConnectionErrorReason.WebSocket:
    case ConnectionErrorReason.Timeout:
      return 'node_blocked'
    case ConnectionErrorReason.InternalError:
      return /pc|peer ?connection|ice/i.test(error.message) ? 'media_blocked' : 'connection_failed'
    default:
      return 'connection_failed'
  }
}
