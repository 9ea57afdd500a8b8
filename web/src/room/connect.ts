import type { JoinAnswer } from '@levee/control-plane/contract'
import {
  ConnectionError,
  ConnectionErrorReason,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  ScreenSharePresets,
  Track,
  VideoPresets,
  type LocalTrack,
  type RoomOptions,
} from 'livekit-client'
import { readChoices } from '../join/choices.ts'
import { CAMERA_CAPTURE, MICROPHONE_CAPTURE } from '../join/preview.ts'
import type { ConnectionFault } from '../ui/refusals.ts'
import type { Slot } from './slot.ts'

/** What a person sends. The tracks outlive a connection: a new slot publishes them again. */
export type OwnTracks = {
  microphone?: MediaStreamTrack
  camera?: MediaStreamTrack
  microphoneOn: boolean
  cameraOn: boolean
}

function roomOptions(): RoomOptions {
  const { microphoneId, cameraId, speakerId } = readChoices()
  return {
    adaptiveStream: true,
    dynacast: true,
    // Giving up one slot must not switch off the camera that the other one sends.
    stopLocalTrackOnUnpublish: false,
    audioCaptureDefaults: { ...MICROPHONE_CAPTURE, ...(microphoneId ? { deviceId: microphoneId } : {}) },
    videoCaptureDefaults: {
      resolution: VideoPresets.h720.resolution,
      ...(cameraId ? { deviceId: cameraId } : {}),
    },
    publishDefaults: {
      videoCodec: 'vp8',
      screenShareEncoding: ScreenSharePresets.h1080fps30.encoding,
    },
    ...(speakerId ? { audioOutput: { deviceId: speakerId } } : {}),
  }
}

export function newSlot({ epoch, node }: JoinAnswer, room = new Room(roomOptions())): Slot {
  return { epoch, node, room }
}

/** For a room that was made beforehand: the person may have chosen other devices since. */
export function refreshOptions(room: Room): void {
  const options = roomOptions()
  Object.assign(room.options, options)
  const speakerId = options.audioOutput?.deviceId
  // A speaker that has gone is not worth a fault: the sound comes out of the usual one.
  if (speakerId) room.switchActiveDevice('audiooutput', speakerId).catch(() => undefined)
}

/**
 * Connects, then publishes, and waits for the first alone. Publishing at the same time was measured: it takes the
 * thread from the subscriptions, and the first picture of the others comes 100 ms later.
 */
export async function connectSlot(
  slot: Slot,
  answer: JoinAnswer,
  own: () => OwnTracks,
): Promise<{ published: Promise<void> }> {
  const { room } = slot
  await room.connect(answer.serverUrl, answer.participantToken)
  // A track that cannot be published (no encoder, say) does not end the meeting.
  return { published: publish(slot, own()).catch(() => undefined) }
}

async function publish({ room }: Slot, own: OwnTracks): Promise<void> {
  const jobs: Promise<unknown>[] = []
  if (own.microphone?.readyState === 'live') {
    // Not "user provided": LiveKit may stop and restart the device on mute, so its light tells the truth.
    const track = new LocalAudioTrack(own.microphone, MICROPHONE_CAPTURE, false)
    if (!own.microphoneOn) await track.mute()
    // LiveKit's own types disagree here under exactOptionalPropertyTypes; the cast only widens.
    jobs.push(room.localParticipant.publishTrack(track as LocalTrack, { source: Track.Source.Microphone }))
  }
  if (own.camera?.readyState === 'live') {
    const track = new LocalVideoTrack(own.camera, CAMERA_CAPTURE, false)
    if (!own.cameraOn) await track.mute()
    jobs.push(room.localParticipant.publishTrack(track, { source: Track.Source.Camera }))
  }
  await Promise.all(jobs)
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
