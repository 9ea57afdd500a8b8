import type { NodeView } from '@levee/control-plane/contract'
import type { NodeVerb } from '../../api/client.ts'

type Status = NodeView['status']

/** A node in another status has no headroom, whatever it last reported. */
export const WITH_HEADROOM: ReadonlySet<Status> = new Set(['serving', 'cordoned', 'draining', 'suspect'])
/** Reports of these nodes are current. */
export const REPORTING: ReadonlySet<Status> = new Set(['serving', 'cordoned', 'draining'])

/** Its agent received a stop signal. The drain was not started here and cannot be cancelled here. */
export const shutsDown = ({ drain }: Pick<NodeView, 'drain'>) => drain?.roomsAtStart === null

/** The commands that change something in this state. */
export function verbsFor(node: Pick<NodeView, 'state' | 'drain'>): readonly NodeVerb[] {
  if (node.state === 'draining') return ['uncordon']
  // It stops, whatever it is commanded.
  if (shutsDown(node)) return []
  return node.state === 'serving' ? ['cordon', 'drain'] : ['uncordon', 'drain']
}
