import { Type, type Static } from 'typebox'
import { NodeView } from './nodes.ts'
import { SiteView } from './sites.ts'

/** What the operations page opens with: all sites, and the first nodes. */
export const FleetView = Type.Object(
  {
    at: Type.String({ format: 'date-time' }),
    sites: Type.Array(SiteView),
    nodes: Type.Array(NodeView, { description: 'At most 200; the rest page by page from /v1/nodes.' }),
  },
  { title: 'Fleet' },
)
export type FleetView = Static<typeof FleetView>
