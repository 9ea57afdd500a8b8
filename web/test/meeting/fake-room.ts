// A LiveKit room without a node: tests trigger its events and read the calls to it.
import { EventEmitter } from 'node:events'
import type { JoinAnswer } from '@levee/control-plane/contract'
import { RoomEvent, type DisconnectReason, type Room, type VideoQuality } from 'livekit-client'

type FakeTrack = {
  source: string
  trackSid?: string
  isMuted?: boolean
  simulcasted?: boolean
  stamp?: () => number
}

export class FakeRoom extends EventEmitter {
  readonly name: string
  readonly remoteParticipants = new Map<string, ReturnType<typeof participant>>()
  readonly sent: {
    topic: string
    text: string
    to?: string[] | undefined
    attributes?: Record<string, string>
  }[] = []
  readonly handlers = new Map<string, (reader: unknown, from: { identity: string }) => void>()
  readonly options = {}
  readonly engine = new EventEmitter()
  readonly localParticipant
  metadata: string | undefined
  disconnected = false
  /** Sending fails, as on a broken link. */
  broken = false

  constructor(name = '') {
    super()
    this.name = name
    const send = async (text: string, topic: string, to?: string[], attributes?: Record<string, string>) => {
      if (this.broken) throw new Error('broken')
      this.sent.push({ topic, text, to, ...(attributes && { attributes }) })
    }
    this.localParticipant = {
      ...participant('me', []),
      isLocal: true,
      sendText: (
        text: string,
        options: { topic: string; destinationIdentities?: string[]; attributes?: Record<string, string> },
      ) => send(text, options.topic, options.destinationIdentities, options.attributes),
      publishData: (data: Uint8Array, options: { topic: string; destinationIdentities?: string[] }) =>
        send(new TextDecoder().decode(data), options.topic, options.destinationIdentities),
    }
  }

  get asRoom(): Room {
    return this as unknown as Room
  }

  registerTextStreamHandler(topic: string, handler: (reader: unknown, from: { identity: string }) => void) {
    this.handlers.set(topic, handler)
  }
  unregisterTextStreamHandler(topic: string) {
    this.handlers.delete(topic)
  }
  async disconnect(): Promise<void> {
    this.disconnected = true
  }

  arrives(identity: string, ...tracks: FakeTrack[]): void {
    const who = participant(identity, tracks)
    this.remoteParticipants.set(identity, who)
    this.emit(RoomEvent.ParticipantConnected, who)
    this.emit(RoomEvent.ParticipantActive, who)
    for (const publication of who.getTrackPublications())
      this.emit(RoomEvent.TrackSubscribed, publication.track, publication, who)
  }
  goes(identity: string): void {
    const who = this.remoteParticipants.get(identity)
    this.remoteParticipants.delete(identity)
    this.emit(RoomEvent.ParticipantDisconnected, who)
  }
  /** As in LiveKit, all participants are removed before the event. */
  breaks(reason?: DisconnectReason): void {
    this.remoteParticipants.clear()
    this.emit(RoomEvent.Disconnected, reason)
  }
}

function participant(identity: string, tracks: readonly FakeTrack[]) {
  const publications = tracks.map(
    ({ source, trackSid = `${identity}/${source}`, isMuted = false, simulcasted = false, stamp }) => ({
      source,
      trackSid,
      isMuted,
      simulcasted,
      isEnabled: true,
      isDesired: true,
      /** What was requested last. */
      quality: undefined as VideoQuality | undefined,
      setVideoQuality(quality: VideoQuality) {
        this.quality = quality
      },
      kind: source === 'camera' || source === 'screen_share' ? 'video' : 'audio',
      track: {
        kind: source === 'camera' || source === 'screen_share' ? 'video' : 'audio',
        streamState: 'active',
        receiver: { getSynchronizationSources: () => [{ timestamp: stamp?.() ?? 0 }] },
      },
    }),
  )
  return {
    identity,
    name: identity,
    isLocal: false,
    attributes: {},
    joinedAt: new Date(0),
    trackPublications: new Map(publications.map((publication) => [publication.trackSid, publication])),
    getTrackPublications: () => publications,
  }
}

export const answerOf = (epoch: number, change: Partial<JoinAnswer> = {}): JoinAnswer => ({
  ...accessOf(epoch),
  standby: null,
  nearestSite: null,
  identity: 'me',
  name: 'Me',
  role: 'guest',
  title: '',
  rejoinTicket: 'ticket',
  ...change,
})

export const accessOf = (epoch: number) => ({
  serverUrl: `ws://node-${epoch}`,
  participantToken: `token-${epoch}`,
  roomName: `room~${epoch}`,
  node: `node-${epoch}`,
  site: 'hq',
  epoch,
})

export const standbyOf = (epoch: number, sound = false) => ({ ...accessOf(epoch), sound })
