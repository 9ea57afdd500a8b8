import type { JoinAnswer } from '@levee/control-plane/contract'
import { parseNodeMessage } from '@levee/control-plane/protocol/node-message'
import { Track, type Room } from 'livekit-client'
import type { Refusal } from '../api/client.ts'
import type { DeviceError } from '../devices/device-error.ts'
import type { LocalMedia } from '../devices/local-media.ts'
import type { Kind } from '../devices/kinds.ts'
import { NOTHING_MEASURED, type Measured } from '../sites/round-trips.ts'
import { connectionStatus, type ConnectionStatus, type EndReason } from './connections/connection-status.ts'
import { works, type NodeConnection } from './connections/connection.ts'
import type { Connections } from './connections/connections.ts'
import type { DataMessages } from './messages/data-messages.ts'
import type { Sender } from './messages/senders.ts'
import { viewConnection, type Delivering, type TrackRef } from './selection/connection-view.ts'
import { selectPeople, type Person, type SelectedTrack } from './selection/track-selector.ts'

export type MeetingView = {
  connection: ConnectionStatus
  over?: EndReason
  /** `connection` has lasted long enough to be announced. */
  announced: boolean
  /** Why the control plane has no node for the meeting. */
  refusal?: Refusal
  /** Where the meeting runs. */
  answer: JoinAnswer
  /** The node where the meeting runs is about to stop, and the meeting could not be moved. */
  stopping: boolean
  /** Epoch of the standby that is connected. */
  standby: number | undefined
  /**
   * Whether the node's socket and the SDK's refreshed tokens are observed; false if a change in the SDK has broken
   * that.
   */
  socketObserved: boolean
  /** Round trips to sites, from before the meeting. */
  measured: Measured
  /** The room of the connection that works now, for LiveKit's own hooks (speaking, permission for sound). */
  room: Room
  people: readonly Person<TrackRef>[]
  /** Everyone who is or was in the meeting, by identity. */
  senders: ReadonlyMap<string, Sender>
  /** Identities whose hands are raised. */
  hands: ReadonlySet<string>
  handUp: boolean
  microphoneOn: boolean
  cameraOn: boolean
  sharing: boolean
  /** Why the device that was switched on last did not open. */
  deviceError: { kind: Kind; error: DeviceError } | undefined
  /** Our own capture, which is the same for all connections that send it. */
  ownCamera: MediaStreamTrack | undefined
  ownMicrophone: MediaStreamTrack | undefined
  /** The speaker in use; undefined: the browser's default. */
  speakerId: string | undefined
}

/** A placeholder until the participant joins. */
const NOT_YET: JoinAnswer = {
  serverUrl: '',
  participantToken: '',
  roomName: '',
  node: '',
  site: '',
  nearestSite: null,
  epoch: 0,
  standby: null,
  identity: '',
  name: '',
  role: 'guest',
  title: '',
  rejoinTicket: '',
}

/** This participant before the node has accepted the join. */
function asNewcomer(answer: JoinAnswer, room: Room): Person<TrackRef> {
  return {
    identity: answer.identity,
    name: answer.name,
    isLocal: true,
    isHost: answer.role === 'host',
    tag: undefined,
    joinedAtMs: 0,
    epoch: answer.epoch,
    ref: { participant: room.localParticipant, source: Track.Source.Camera },
    camera: undefined,
    microphone: undefined,
    share: undefined,
    shareAudio: undefined,
  }
}

/** The view before anything is known. */
export const firstView = (room: Room): MeetingView => ({
  connection: 'connecting',
  announced: true,
  answer: NOT_YET,
  stopping: false,
  standby: undefined,
  socketObserved: false,
  measured: NOTHING_MEASURED,
  room,
  people: [asNewcomer(NOT_YET, room)],
  senders: new Map(),
  hands: new Set(),
  handUp: false,
  microphoneOn: false,
  cameraOn: false,
  sharing: false,
  deviceError: undefined,
  ownCamera: undefined,
  ownMicrophone: undefined,
  speakerId: undefined,
})

/** Our own tracks are shown as we have set them, even if a node reports otherwise. */
function ownAsWanted(
  people: Person<TrackRef>[],
  answer: JoinAnswer,
  room: Room,
  on: { microphone: boolean; camera: boolean },
): Person<TrackRef>[] {
  const at = people.findIndex(({ isLocal }) => isLocal)
  const me = people[at] ?? asNewcomer(answer, room)
  const as = (track: SelectedTrack<TrackRef> | undefined, muted: boolean) => track && { ...track, muted }
  const mine = { ...me, microphone: as(me.microphone, !on.microphone), camera: as(me.camera, !on.camera) }
  return at < 0 ? [mine, ...people] : people.with(at, mine)
}

/** How many tracks of others are taken from this connection; without an id, from any. */
export function tracksShownFrom(people: readonly Person<TrackRef>[], connectionId?: number): number {
  return people
    .filter(({ isLocal }) => !isLocal)
    .flatMap(({ camera, microphone, share, shareAudio }) => [camera, microphone, share, shareAudio])
    .filter((track) => track && !track.muted)
    .filter((track) => connectionId === undefined || track?.connectionId === connectionId).length
}

/** The connection that works best, because LiveKit's own hooks read a single room. */
function bestOf(connections: readonly NodeConnection[]): NodeConnection | undefined {
  const working = connections.filter(works)
  const by = (wanted: (connection: NodeConnection) => boolean) => working.find(wanted)
  return (
    by(({ role }) => role === 'active') ??
    by(({ promoted }) => promoted) ??
    by(({ role }) => role === 'previous') ??
    connections.find(({ role }) => role === 'active')
  )
}

type Circumstances = {
  before: Pick<MeetingView, 'answer' | 'room'>
  begun: boolean
  delivering: Delivering
}

/** What the page shows, from every connection and from what the participant has switched on. */
export function observe(
  connections: Connections,
  own: LocalMedia,
  { hands, senders }: Pick<DataMessages, 'hands' | 'senders'>,
  { before, begun, delivering }: Circumstances,
) {
  const { all, active, standby } = connections
  const { answer } = before
  const room = bestOf(all)?.room ?? before.room
  const microphone = own.get('microphone')
  const camera = own.get('camera')
  const on = { microphone: microphone.on, camera: camera.on }
  const selected = selectPeople(all.map((connection) => viewConnection(connection, delivering)))
  const people = senders.update(ownAsWanted(selected, answer, room, on))
  const others = all.filter(({ promoted, role }) => promoted || role === 'previous')
  return {
    connection: connectionStatus(active, others, begun),
    stopping: active?.link === 'up' && parseNodeMessage(active.room.metadata)?.stopping === true,
    standby: standby?.link === 'up' ? standby.epoch : undefined,
    socketObserved: active !== undefined && active.socketObserved() && active.refreshedToken !== undefined,
    room,
    people,
    senders: senders.all,
    hands: hands.raised(answer.identity, new Set(people.map(({ identity }) => identity))),
    handUp: hands.up,
    microphoneOn: on.microphone,
    cameraOn: on.camera,
    sharing: own.get('screen_share').on,
    deviceError: own.error,
    ownCamera: camera.track,
    ownMicrophone: microphone.track,
    speakerId: room.getActiveDevice('audiooutput'),
  } satisfies Partial<MeetingView>
}

/** The part of the view that is observed at each refresh. */
export type Observed = ReturnType<typeof observe>
