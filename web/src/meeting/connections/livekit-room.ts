import type { NodeAccess } from '@levee/control-plane/contract'
import { jittered } from '@levee/control-plane/protocol/backoff'
import {
  ConnectionError,
  ConnectionErrorReason,
  Room,
  ScreenSharePresets,
  type ReconnectPolicy,
  type RoomOptions,
} from 'livekit-client'
import type { ConnectionFault } from '../../api/shown-problem.ts'
import { readChoices } from '../../devices/saved-choices.ts'
import { RETRY_GIVE_UP_MS, RETRY_JITTER, RETRY_LADDERS_MS, WEBSOCKET_TIMEOUT_MS } from '../tuning.ts'

type RetryPace = keyof typeof RETRY_LADDERS_MS

const paces = new WeakMap<ReconnectPolicy, RetryPace>()

function reconnectPolicy(): ReconnectPolicy {
  const policy: ReconnectPolicy = {
    nextRetryDelayInMs: ({ retryCount, elapsedMs }) => {
      if (elapsedMs > RETRY_GIVE_UP_MS) return null
      const ladder = RETRY_LADDERS_MS[paces.get(policy) ?? 'quick']
      const delayMs = ladder[Math.min(retryCount, ladder.length - 1)] ?? 0
      return jittered(delayMs, RETRY_JITTER, Math.random)
    },
  }
  return policy
}

/** Sets how often LiveKit itself retries this room's node, from the next attempt on. */
export function setRetryPace({ options }: Room, pace: RetryPace): void {
  if (options.reconnectPolicy) paces.set(options.reconnectPolicy, pace)
}

function roomOptions(): RoomOptions {
  const { speakerId } = readChoices()
  return {
    adaptiveStream: true,
    dynacast: true,
    // Leaving one connection must not switch off the camera that another one sends.
    stopLocalTrackOnUnpublish: false,
    reconnectPolicy: reconnectPolicy(),
    publishDefaults: {
      videoCodec: 'vp8',
      screenShareEncoding: ScreenSharePresets.h1080fps30.encoding,
    },
    ...(speakerId ? { audioOutput: { deviceId: speakerId } } : {}),
  }
}

export const newRoom = (): Room => new Room(roomOptions())

/** For a room that was created in advance: another speaker may have been chosen since. */
export function refreshOptions(room: Room): void {
  const { speakerId } = readChoices()
  // A speaker that is gone is no error: the sound comes from the default one.
  if (speakerId) room.switchActiveDevice('audiooutput', speakerId).catch(() => undefined)
}

export function connectRoom(room: Room, { serverUrl, participantToken }: NodeAccess): Promise<void> {
  return room.connect(serverUrl, participantToken, { websocketTimeout: WEBSOCKET_TIMEOUT_MS })
}

/** Distinguishes a blocked socket, a refused token and blocked media: each needs different advice. */
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
