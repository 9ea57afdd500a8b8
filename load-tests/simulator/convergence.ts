// The control plane's view of the fleet, compared with the machines once nothing changes any more.
import type { NodePage, NodeView, SiteView } from '@levee/control-plane/contract'
import type { Wire } from '../lib/http-wire.ts'
import { type Invariants, percent } from './invariants.ts'
import type { Agent } from './nodes/agent.ts'
import type { Participants } from './participants/participants.ts'
import { LOCATION_CHECKS_AT_ONCE, LOCATIONS_CHECKED, VIEW_TOLERANCE } from './tuning.ts'

const VIEW = 'the control plane’s view matches the machines'

async function get<T>(wire: Wire, path: string, operatorKey: string): Promise<T> {
  const reply = await wire.send(wire.call('GET', path, operatorKey))
  if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}: ${reply.body}`)
  return JSON.parse(reply.body) as T
}

async function readNodes(wire: Wire, operatorKey: string): Promise<NodeView[]> {
  const nodes: NodeView[] = []
  for (let after: string | null = ''; after !== null;) {
    const from: string = after === '' ? '' : `?after=${encodeURIComponent(after)}`
    const page: NodePage = await get(wire, `/v1/nodes${from}`, operatorKey)
    nodes.push(...page.nodes)
    after = page.next
  }
  return nodes
}

/** Rooms, participants and load of each node, and the sums of each site. */
export async function compareView(deps: {
  wire: Wire
  operatorKey: string
  invariants: Invariants
  agents: readonly Agent[]
}): Promise<void> {
  const { wire, operatorKey, invariants } = deps
  const wrong = (what: string) => invariants.violate(VIEW, what)
  const before = await get<SiteView[]>(wire, '/v1/sites', operatorKey)
  const views = new Map((await readNodes(wire, operatorKey)).map((view) => [view.node, view]))
  for (const agent of deps.agents) compareNode(agent, views.get(agent.machine.node), wrong)
  const after = await get<SiteView[]>(wire, '/v1/sites', operatorKey)
  // Reservations expire in the meantime: the sum over the nodes is between what the site showed before and after.
  for (const [i, site] of before.entries()) compareSite([site, after[i] ?? site], [...views.values()], wrong)
}

function compareNode(agent: Agent, view: NodeView | undefined, wrong: (what: string) => void): void {
  const { machine } = agent
  if (!view) return wrong(`${machine.node} is not in it`)
  const share = agent.reportedShare() ?? 0
  if (view.status !== 'serving')
    wrong(`${machine.node} is ${view.status}, ${view.lastReportAgeMs} ms after its report`)
  if (view.rooms !== machine.rooms.size)
    wrong(`${machine.node} has ${machine.rooms.size} rooms, not ${view.rooms}`)
  if (view.participants !== machine.people)
    wrong(`${machine.node} has ${machine.people} participants, not ${view.participants}`)
  if (Math.abs(view.utilisation - share) > VIEW_TOLERANCE)
    wrong(`${machine.node} reported a load of ${percent(share)}, not ${percent(view.utilisation)}`)
}

/** What a site shows is the sum of what its nodes show. */
function compareSite(shown: SiteView[], views: readonly NodeView[], wrong: (what: string) => void): void {
  const name = shown[0]?.site ?? ''
  const nodes = views.filter((view) => view.site === name)
  const sum = (of: (view: NodeView) => number) => nodes.reduce((total, view) => total + of(view), 0)
  const tracks = (view: NodeView) => view.capacity?.tracks ?? 0
  const check = (what: string, is: number, of: (site: SiteView) => number) => {
    const slack = what.endsWith('tracks') ? nodes.length + VIEW_TOLERANCE * is : 0
    const values = shown.map(of)
    if (is < Math.min(...values) - slack || is > Math.max(...values) + slack)
      wrong(`${name}: ${what} ${values.join(', then ')}, the sum of its nodes ${is.toFixed(0)}`)
  }
  const rooms = sum((view) => view.rooms)
  const participants = sum((view) => view.participants)
  const reserved = sum((view) => view.reserved * tracks(view))
  const load = sum((view) => view.utilisation * tracks(view))
  check('nodes', nodes.length, (site) => site.nodes)
  check('rooms', rooms, (site) => site.rooms)
  check('participants', participants, (site) => site.participants)
  check('capacity tracks', sum(tracks), (site) => site.capacityTracks)
  check('reserved tracks', reserved, (site) => site.reservedTracks)
  check('load tracks', load, (site) => site.capacityTracks - site.reservedTracks - site.headroomTracks)
}

/**
 * Rooms with participants are where the control plane believes them to be, and no other room has participants. Returns
 * how many were checked.
 */
export async function checkLocations(invariants: Invariants, participants: Participants): Promise<number> {
  for (const name of participants.leftovers())
    invariants.violate('rooms that ended or moved are dropped', name)
  const rooms = [...participants.rooms()].slice(0, LOCATIONS_CHECKED)
  const check = async ([code, node]: [string, string]) => {
    const answer = await participants.locate(code)
    if (typeof answer === 'string') {
      if (answer !== 'node_full' && answer !== 'node_busy')
        invariants.violate(
          'every request gets an expected answer',
          `location check: ${answer} for a room on ${node}`,
        )
    } else if (answer.node !== node)
      invariants.violate(VIEW, `${answer.roomName} is on ${node}, not ${answer.node}`)
  }
  for (let i = 0; i < rooms.length; i += LOCATION_CHECKS_AT_ONCE)
    await Promise.all(rooms.slice(i, i + LOCATION_CHECKS_AT_ONCE).map(check))
  return rooms.length
}
