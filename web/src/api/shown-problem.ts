import type { Refusal } from './client.ts'

/** Faults that the client itself detects on the way to the edge node. */
export type ConnectionFault = 'node_blocked' | 'media_blocked' | 'token_refused' | 'connection_failed'

/** A problem as it is shown, whether the control plane or the connection to the node caused it. */
export type ShownProblem = Omit<Refusal, 'code'> & {
  code: Refusal['code'] | ConnectionFault
  /** The node that could not be reached. */
  node?: { node: string; site: string; serverUrl: string }
}
