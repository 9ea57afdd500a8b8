// The control plane's picture of the fleet, held against the truth once nothing moves any more.
import type { NodePage, NodeView, SiteView } from '@levee/control-plane/contract'
import type { Agent } from './agents.ts'
import type { People } from './people.ts'
import { type Truth, percent } from './invariants.ts'
import type { Wire } from '../lib/http-wire.ts'

/** Rounding of shares to millionths, and of sums of them. */
const CLOSE = 0.002
/** Rooms that are asked for once more. */
const ROLL_CALL = 300
const AT_ONCE = 8

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

/** Each node's rooms, people and load, and each site's sums. */
export async function comparePicture(deps: {
  wire: Wire
  operatorKey: string
  truth: Truth
  agents: readonly Agent[]
}): Promise<void> {
  const { wire, operatorKey, truth } = deps
  const before = await get<SiteView[]>(wire, '/v1/sites', operatorKey)
  const views = new Map((await readNodes(wire, operatorKey)).map((view) => [view.node, view]))
  const wrong = (what: string) => truth.violate('the control plane’s picture is the truth', what)
  for (const agent of deps.agents) {
    const { machine } = agent
    const view = views.get(machine.node)
    if (!view) {
      wrong(`${machine.node} is not in it`)
      continue
    }
    const told = agent.told() ?? 0
    if (view.status !== 'serving')
      wrong(`${machine.node} is ${view.status}, ${view.lastReportAgeMs} ms after its report`)
    if (view.rooms !== machine.rooms.size)
      wrong(`${machine.node} has ${machine.rooms.size} rooms, not ${view.rooms}`)
    if (view.participants !== machine.people)
      wrong(`${machine.node} has ${machine.people} people, not ${view.participants}`)
    if (Math.abs(view.utilisation - told) > CLOSE)
      wrong(`${machine.node} told ${percent(told)} of load, not ${percent(view.utilisation)}`)
  }
  const after = await get<SiteView[]>(wire, '/v1/sites', operatorKey)
  // Promises lapse while we look: the nodes' sum lies between what the site said before and says after.
  for (const [i, site] of before.entries()) compareSite([site, after[i] ?? site], [...views.values()], wrong)
}

/** What a site says is the sum of what its nodes say. */
function compareSite(said: SiteView[], views: readonly NodeView[], wrong: (what: string) => void): void {
  const name = said[0]?.site ?? ''
  const nodes = views.filter((view) => view.site === name)
  const sum = (of: (view: NodeView) => number) => nodes.reduce((total, view) => total + of(view), 0)
  const tracks = (view: NodeView) => view.capacity?.tracks ?? 0
  const check = (what: string, is: number, of: (site: SiteView) => number) => {
    const slack = what.endsWith('tracks') ? nodes.length + CLOSE * is : 0
    const values = said.map(of)
    if (is < Math.min(...values) - slack || is > Math.max(...values) + slack)
      wrong(`${name}: ${what} are ${values.join(', then ')}, its nodes’ sum ${is.toFixed(0)}`)
  }
  check('nodes', nodes.length, (site) => site.nodes)
  check(
    'rooms',
    sum((view) => view.rooms),
    (site) => site.rooms,
  )
  check(
    'participants',
    sum((view) => view.participants),
    (site) => site.participants,
  )
  check('capacity tracks', sum(tracks), (site) => site.capacityTracks)
  check(
    'reserved tracks',
    sum((view) => view.reserved * tracks(view)),
    (site) => site.reservedTracks,
  )
  check(
    'load tracks',
    sum((view) => view.utilisation * tracks(view)),
    (site) => site.capacityTracks - site.reservedTracks - site.headroomTracks,
  )
}

/** Rooms with people in them are still where their people are, and no others have people in them. */
export async function callRoll(truth: Truth, people: People): Promise<number> {
  for (const name of people.leftovers()) truth.violate('a room that ended or moved is dropped', name)
  const rooms = [...people.rooms()].slice(0, ROLL_CALL)
  const call = async ([code, node]: [string, string]) => {
    const answer = await people.ask(code)
    if (typeof answer === 'string') {
      if (answer !== 'node_full' && answer !== 'node_busy')
        truth.violate('an answer comes, and with a known code', `roll call: ${answer} for a room on ${node}`)
    } else if (answer.node !== node)
      truth.violate(
        'the control plane’s picture is the truth',
        `${answer.roomName} is on ${node}, not ${answer.node}`,
      )
  }
  for (let i = 0; i < rooms.length; i += AT_ONCE) await Promise.all(rooms.slice(i, i + AT_ONCE).map(call))
  return rooms.length
}
