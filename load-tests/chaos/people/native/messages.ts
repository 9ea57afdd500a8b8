// Messages between native-participants.ts and its processes.

/** The first message to a process. A later message `reset` forgets the gaps until then. */
export interface RoomsOrder {
  /** URLs of the control planes; any of them may get a request. */
  urls: readonly string[]
  /** Codes of the rooms' links. */
  codes: readonly string[]
  /** Participants per room. */
  people: number
  framesPerSec: number
}

/** The state of a room. A process sends the states of all its rooms at a regular interval. */
export interface RoomState {
  /** Code of the room's link. */
  code: string
  /** Nodes that its participants are connected to; 'none' for a participant without a connection. */
  nodes: string[]
  /** Epochs that its participants are connected to. More than one: the room is split, or is moving. */
  epochs: number[]
  /** Whether every participant has recently received every other. */
  whole: boolean
  /** Longest time without a frame of another participant, for each participant. */
  longestGapMs: number[]
}
