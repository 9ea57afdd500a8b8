// Everything a case needs: the real parts, a browser, and people in a meeting.
import type { Browser } from 'playwright-core'
import { openProcessGroup } from '../../../deploy/stack/processes/process-group.ts'
import { type NodeSpec, type Stack, startStack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../../deploy/stack/tools/web-build.ts'
import { openChromium } from '../people/browser.ts'
import { startFarNode } from '../faults/isolated-node.ts'
import { countTracks, roomOn } from '../people/livekit-rooms.ts'
import type { Meeting } from '../people/meeting.ts'
import { makeNetwork, removeLeftNetworks } from '../faults/network-namespace.ts'
import type { Target } from '../faults/proofs.ts'
import { type StockSite, startStockSite } from '../stock/stock-site.ts'

/** What a second node holds ready for a meeting. */
export type Standby = 'off' | 'warm' | 'sound'

export interface Rig {
  stack: Stack
  nodes: readonly Target['node'][]
  browser: Browser
  site: StockSite
  close: () => Promise<void>
}

export interface RigOptions {
  nodes: number
  sites?: number
  standby: Standby
  /** Each node in a network of its own. */
  far?: boolean
  keep?: boolean
  signal: AbortSignal
}

/** Small machines, few rooms: no node may refuse for what a trial before has left in its sums. */
const ROOMY = { LEVEE_CAPACITY_TRACKS: '1000000', LEVEE_CAPACITY_CPU_CORES: '64' }

const SITES = ['hq', 'branch']

/** Each node is a failure domain of its own. */
export const nodeSpecs = (count: number, sites = 1): NodeSpec[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `n${i + 1}`,
    site: SITES[i % sites] ?? 'hq',
    agentEnv: ROOMY,
  }))

export async function openRig({
  nodes: count,
  sites,
  standby,
  far = false,
  keep = false,
  signal,
}: RigOptions): Promise<Rig> {
  await ensureWebBuild()
  const specs = nodeSpecs(count, sites)
  const closers: (() => unknown)[] = []
  const close = async () => {
    for (const one of closers.toReversed()) await one()
  }
  try {
    const stack = await startStack({
      nodes: far ? [] : specs,
      logLevel: keep ? 'info' : 'warn',
      controlPlaneEnv: { LEVEE_STANDBY: standby, ...(far && { LEVEE_HOST: '0.0.0.0' }) },
      keep,
      signal,
    })
    closers.push(stack.stop)
    const nodes = far ? await farNodes(stack, specs, closers) : stack.nodes
    const browser = await openChromium()
    closers.push(() => browser.close())
    const site = await startStockSite()
    closers.push(site.stop)
    return { stack, nodes, browser, site, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function farNodes(stack: Stack, specs: readonly NodeSpec[], closers: (() => unknown)[]) {
  removeLeftNetworks()
  const processes = openProcessGroup()
  const networks = specs.map((_, index) => makeNetwork(index))
  closers.push(
    () => networks.forEach(({ remove }) => remove()),
    () => processes.close(),
  )
  return Promise.all(specs.map((spec, index) => startFarNode(processes, stack, spec, networks[index]!)))
}

/** Everybody is joined on a second node, which has told the others of their microphone and camera. */
export async function standbyReady({ nodes }: Rig, { node, people, roomName }: Meeting): Promise<string> {
  const others = nodes.filter(({ id }) => id !== node)
  const ready = await until(
    async () => {
      for (const other of others) {
        const there = await roomOn(other, roomName)
        if (there && (await countTracks(other, there.name)) === 2 * people.length)
          return { id: other.id, name: there.name }
      }
      return undefined
    },
    { what: `both tracks of all ${people.length} people on a standby`, timeoutMs: 30_000, everyMs: 100 },
  )
  return `${people.length} people had published beforehand on ${ready.id} as epoch ${ready.name.split('~')[1]}`
}
