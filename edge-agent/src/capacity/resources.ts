import type { NodeReport } from '@levee/control-plane/contract'

/** Load or capacity of a node: cores, bytes/s, packets/s, tracks (published + subscribed). */
export type Resources = NodeReport['capacity']
