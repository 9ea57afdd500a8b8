// What the operations pages show, and how each event changes it. Pure: fleet-store.ts makes the requests.
import type { NodeView, SiteView } from '@levee/control-plane/contract'
import type { NodeVerb, Refusal } from '../../api/client.ts'
import { WHOLE_FLEET_NODES } from '../tuning.ts'

export type FleetState = {
  /** The site whose page is shown; undefined: the overview. */
  site: string | undefined
  /** The site shown before: back on the overview, its row gets the focus. */
  previousSite: string | undefined
  /** undefined: not loaded yet. */
  sites: readonly SiteView[] | undefined
  /** On a site's page its nodes; on the overview all nodes, or undefined when they are too many to show. */
  nodes: readonly NodeView[] | undefined
  /** Number of pages of nodes to load for the site. */
  nodePages: number
  /** The site has more nodes than `nodes`. */
  hasMoreNodes: boolean
  loadingMore: boolean
  /** When the last good response arrived, in ms of `performance.now()`. */
  receivedAtMs: number | undefined
  /** Why the last request failed. */
  refusal: Refusal | undefined
  /** Commands without a response yet, by node. */
  pendingCommands: ReadonlyMap<string, NodeVerb>
  /** The last command that failed. */
  failedCommand: FailedCommand | undefined
}
export type FailedCommand = { node: string; verb: NodeVerb; refusal: Refusal }

/** What to load next. */
export type FleetRequest =
  | { kind: 'fleet' }
  | { kind: 'sites' }
  | { kind: 'site'; site: string; nodePages: number }

export type FleetData = {
  sites: readonly SiteView[]
  nodes?: readonly NodeView[]
  hasMoreNodes?: boolean
}

export type FleetEvent =
  | { type: 'site-opened'; site: string | undefined }
  | { type: 'more-nodes-requested' }
  | { type: 'data-received'; request: FleetRequest; data: FleetData; atMs: number }
  | { type: 'request-refused'; refusal: Refusal }
  | { type: 'command-sent'; node: string; verb: NodeVerb }
  | { type: 'command-finished'; node: string; verb: NodeVerb; refusal: Refusal | undefined }
  | { type: 'failure-dismissed' }

export const initialFleetState = (site?: string): FleetState => ({
  site,
  previousSite: undefined,
  sites: undefined,
  nodes: undefined,
  nodePages: 1,
  hasMoreNodes: false,
  loadingMore: false,
  receivedAtMs: undefined,
  refusal: undefined,
  pendingCommands: new Map(),
  failedCommand: undefined,
})

/** Returns the same object when the event changes nothing. */
export function nextFleetState(state: FleetState, event: FleetEvent): FleetState {
  switch (event.type) {
    case 'site-opened':
      return event.site === state.site ? state : openSite(state, event.site)
    case 'more-nodes-requested':
      return { ...state, nodePages: state.nodePages + 1, loadingMore: true }
    case 'data-received':
      return receive(state, event)
    case 'request-refused':
      return isSignedOut(event.refusal)
        ? { ...initialFleetState(state.site), nodePages: state.nodePages, refusal: event.refusal }
        : { ...state, refusal: event.refusal }
    case 'command-sent':
      return { ...state, pendingCommands: new Map([...state.pendingCommands, [event.node, event.verb]]) }
    case 'command-finished':
      return finishCommand(state, event)
    case 'failure-dismissed':
      return state.failedCommand ? { ...state, failedCommand: undefined } : state
  }
}

/** A large fleet is shown by its sites, so the overview does not load its nodes again. */
export function requestFor({ site, sites, nodePages }: FleetState): FleetRequest {
  if (site !== undefined) return { kind: 'site', site, nodePages }
  return { kind: sites && countNodes(sites) > WHOLE_FLEET_NODES ? 'sites' : 'fleet' }
}

/** Polling goes on after every failure but this one: only a new key helps. */
export const isSignedOut = (refusal: Refusal | undefined) => refusal?.code === 'operator_required'

const openSite = (state: FleetState, site: string | undefined): FleetState => ({
  ...state,
  site,
  previousSite: state.site,
  nodes: undefined,
  nodePages: 1,
  hasMoreNodes: false,
  loadingMore: false,
  failedCommand: undefined,
})

function receive(
  state: FleetState,
  { request, data, atMs }: Extract<FleetEvent, { type: 'data-received' }>,
): FleetState {
  // Another page was opened while the request was under way.
  if (state.site !== (request.kind === 'site' ? request.site : undefined)) return state
  const { sites, nodes = [], hasMoreNodes = false } = data
  const whole = request.kind === 'fleet' && Math.max(nodes.length, countNodes(sites)) <= WHOLE_FLEET_NODES
  return {
    ...state,
    sites,
    nodes: request.kind === 'site' || whole ? nodes : undefined,
    hasMoreNodes,
    loadingMore: state.loadingMore && request.kind === 'site' && request.nodePages < state.nodePages,
    receivedAtMs: atMs,
    refusal: undefined,
  }
}

function finishCommand(
  state: FleetState,
  { node, verb, refusal }: Extract<FleetEvent, { type: 'command-finished' }>,
): FleetState {
  const pendingCommands = new Map(state.pendingCommands)
  pendingCommands.delete(node)
  return { ...state, pendingCommands, failedCommand: refusal && { node, verb, refusal } }
}

const countNodes = (sites: readonly SiteView[]) => sites.reduce((sum, { nodes }) => sum + nodes, 0)
