// The rig of a case: servers, a browser and a page with the stock client.
import { openProcessGroup } from '@levee/deploy/processes/process-group'
import { type NodeSpec, type Stack, startStack } from '@levee/deploy/stack'
import { ensureWebBuild } from '@levee/deploy/tools/web-build'
import { until } from '@levee/deploy/until'
import type { Browser } from 'playwright-core'
import { startIsolatedNode } from '../faults/isolated-node.ts'
import { createNetwork, removeStaleNetworks } from '../faults/network-namespace.ts'
import type { TargetNode } from '../faults/proofs.ts'
import { openChromium } from '../people/browser.ts'
import { countTracks, roomOn } from '../people/livekit-rooms.ts'
import type { Meeting } from '../people/meeting.ts'
import { type StockSite, startStockSite } from '../stock/stock-site.ts'
import { nodeSpecs } from './node-specs.ts'
import type { Standby } from './standby-level.ts'

export interface Rig {
  stack: Stack
  nodes: readonly TargetNode[]
  browser: Browser
  site: StockSite
  close: () => Promise<void>
}

export interface RigOptions {
  nodes: number
  sites?: number
  /** Standby level of all rooms. */
  standby: Standby
  /** Each node has its own network. */
  isolated?: boolean
  /** Keeps data and logs. */
  keep?: boolean
  signal: AbortSignal
}

export async function openRig({
  nodes: count,
  sites,
  standby,
  isolated = false,
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
      nodes: isolated ? [] : specs,
      logLevel: keep ? 'info' : 'warn',
      controlPlaneEnv: { LEVEE_STANDBY: standby, ...(isolated && { LEVEE_HOST: '0.0.0.0' }) },
      keep,
      signal,
    })
    closers.push(stack.stop)
    const nodes = isolated ? await startIsolatedNodes(stack, specs, closers) : stack.nodes
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

async function startIsolatedNodes(stack: Stack, specs: readonly NodeSpec[], closers: (() => unknown)[]) {
  removeStaleNetworks()
  const processes = openProcessGroup()
  const networks = specs.map((_, index) => createNetwork(index))
  closers.push(
    () => networks.forEach(({ remove }) => remove()),
    () => processes.close(),
  )
  return Promise.all(specs.map((spec, index) => startIsolatedNode(processes, stack, spec, networks[index]!)))
}

/** Resolves when all participants have joined a second node and published microphone and camera there. */
export async function standbyReady({ nodes }: Rig, { node, people, roomName }: Meeting): Promise<string> {
  const others = nodes.filter(({ id }) => id !== node)
  const ready = await until(
    async () => {
      for (const other of others) {
        const room = await roomOn(other, roomName)
        if (room && (await countTracks(other, room.name)) === 2 * people.length)
          return { id: other.id, name: room.name }
      }
      return undefined
    },
    {
      what: `both tracks of all ${people.length} participants on a standby`,
      timeoutMs: 30_000,
      everyMs: 100,
    },
  )
  return `${people.length} participants had published beforehand on ${ready.id} as epoch ${ready.name.split('~')[1]}`
}
