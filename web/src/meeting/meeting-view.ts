import type { JoinAnswer } from '@levee/control-plane/contract'
import { Track, type Room } from 'livekit-client'
import type { Refusal } from '../api/client.ts'
import type { DeviceFault } from '../devices/device-error.ts'
import type { Kind } from '../devices/preview.ts'
import { NOTHING_MEASURED, type Measured } from '../sites/round-trips.ts'
import { parseNodeMessage } from '@levee/control-plane/protocol/node-message'
import { connectionStatus, type ConnectionStatus, type EndReason } from './connections/connection-status.ts'
import { selectPeople, type SelectedTrack, type Person } from './selection/track-selector.ts'
import type { RaisedHands } from './messages/raised-hands.ts'
import type { OwnMedia } from '../devices/local-media.ts'
import { works, type NodeConnection } from './connections/connection.ts'
import { viewConnection, type Delivering, type TrackRef } from './selection/connection-view.ts'
import type { Connections } from './connections/connections.ts'

export type MeetingView = {
  connection: ConnectionStatus
  over?: EndReason
  /** It has lasted so long that the person is announced; what is said to be stopped has stopped. */
  announced: boolean
  /** Why the control plane gives no place, in its words. */
  refusal?: Refusal
  /** Where the meeting runs. */
  answer: JoinAnswer
  /** The node where the meeting runs is about to be stopped, and the meeting could not be moved. */
  stopping: boolean
  /** Epoch of the standby that stands ready. */
  standby: number | undefined
  /** What we listen for inside the SDK is heard: the node's socket, and the tokens that it renews. */
  socketObserved: boolean
  /** Round trips to sites, from before the meeting. */
  measured: Measured
  /** The room that works now, for LiveKit's own hooks (speaking, sound permission). */
  room: Room
  people: readonly Person<TrackRef>[]
  /** Identities. */
  hands: ReadonlySet<string>
  handUp: boolean
  microphoneOn: boolean
  cameraOn: boolean
  sharing: boolean
  /** Why the last device that was switched on did not come. */
  deviceFault: { kind: Kind; fault: DeviceFault } | undefined
  /** Our own capture: the same whatever connections send it. */
  ownCamera: MediaStreamTrack | undefined
  ownMicrophone: MediaStreamTrack | undefined
  /** Where the sound comes out; undefined: as the browser likes. */
  speakerId: string | undefined
}

/** Stands where the answer will be, until somebody joins. */
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

/** Ourselves before the node knows us: people see that they are on their access in. */
function asNewcomer(answer: JoinAnswer, room: Room): Person<TrackRef> {
  return {
    identity: answer.identity,
    name: answer.name,
    isLocal: true,
    isHost: answer.role === 'host',
    joinedAtMs: 0,
    epoch: answer.epoch,
    ref: { participant: room.localParticipant, source: Track.Source.Camera },
    camera: undefined,
    microphone: undefined,
    share: undefined,
    shareAudio: undefined,
  }
}

/** Before anything is known: ourselves, on our access in. */
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
  hands: new Set(),
  handUp: false,
  microphoneOn: false,
  cameraOn: false,
  sharing: false,
  deviceFault: undefined,
  ownCamera: undefined,
  ownMicrophone: undefined,
  speakerId: undefined,
})

/** What we send is what we switched on; no node knows it better. */
function ownAsWanted(
  people: Person<TrackRef>[],
  answer: JoinAnswer,
  room: Room,
  on: { microphone: boolean; camera: boolean },
): Person<TrackRef>[] {
  const at = people.findIndex(({ isLocal }) => isLocal)
  const me = people[at] ?? asNewcomer(answer, room)
  const as = (feed: SelectedTrack<TrackRef> | undefined, muted: boolean) => feed && { ...feed, muted }
  const mine = { ...me, microphone: as(me.microphone, !on.microphone), camera: as(me.camera, !on.camera) }
  return at < 0 ? [mine, ...people] : people.with(at, mine)
}

/** How many pictures and sounds of others are taken from this connection; without one, from any. */
export function tracksShownFrom(people: readonly Person<TrackRef>[], connection?: number): number {
  return people
    .filter(({ isLocal }) => !isLocal)
    .flatMap(({ camera, microphone, share, shareAudio }) => [camera, microphone, share, shareAudio])
    .filter((feed) => feed && !feed.muted && (connection === undefined || feed.connectionId === connection))
    .length
}

/** The connection that works best: LiveKit's own hooks look at one room only. */
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

type Looking = {
  before: Pick<MeetingView, 'answer' | 'room'>
  begun: boolean
  delivering: Delivering
}

/** What the page sees, from every connection and from what the person has switched. */
export function lookAt(
  connections: Connections,
  own: OwnMedia,
  hands: RaisedHands,
  { before, begun, delivering }: Looking,
) {
  const { all, active, standby } = connections
  const { answer } = before
  const room = bestOf(all)?.room ?? before.room
  const microphone = own.get('microphone')
  const camera = own.get('camera')
  const on = { microphone: microphone.on, camera: camera.on }
  const selected = selectPeople(all.map((connection) => viewConnection(connection, delivering)))
  const people = ownAsWanted(selected, answer, room, on)
  const others = all.filter(({ promoted, role }) => promoted || role === 'previous')
  return {
    connection: connectionStatus(active, others, begun),
    stopping: active?.link === 'up' && parseNodeMessage(active.room.metadata)?.stopping === true,
    standby: standby?.link === 'up' ? standby.epoch : undefined,
    socketObserved: active !== undefined && active.socketObserved() && active.refreshedToken !== undefined,
    room,
    people,
    hands: hands.raised(answer.identity, new Set(people.map(({ identity }) => identity))),
    handUp: hands.up,
    microphoneOn: on.microphone,
    cameraOn: on.camera,
    sharing: own.get('screen_share').on,
    deviceFault: own.fault,
    ownCamera: camera.track,
    ownMicrophone: microphone.track,
    speakerId: room.getActiveDevice('audiooutput'),
  } satisfies Partial<MeetingView>
}
