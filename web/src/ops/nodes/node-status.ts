import type { NodeView } from '@levee/control-plane/contract'
import type { NodeVerb } from '../../api/client.ts'

type Status = NodeView['status']

/** A node in any other status has no headroom, regardless of its last report. */
export const WITH_HEADROOM: ReadonlySet<Status> = new Set(['serving', 'cordoned', 'draining', 'suspect'])
/** The reports of nodes in these states are current. */
export const REPORTING: ReadonlySet<Status> = new Set(['serving', 'cordoned', 'draining'])

/** Its agent received a stop signal. The drain was not started here and cannot be cancelled here. */
export const shutsDown = ({ drain }: Pick<NodeView, 'drain'>) => drain?.roomsAtStart === null

/** The commands that change something in this state. A node is removed in two steps: no new meetings first. */
export function verbsFor(node: Pick<NodeView, 'state' | 'drain'>): readonly NodeVerb[] {
  if (node.state === 'draining') return ['uncordon', 'remove']
  // It stops in any case.
  if (shutsDown(node)) return []
  return node.state === 'serving' ? ['cordon', 'drain'] : ['uncordon', 'drain', 'remove']
}
