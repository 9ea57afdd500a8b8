import type { Deadlines } from './deadlines.ts'
import { awayReasons, type Health, type Link, openLink, written } from './link.ts'
import type { Address, RedisUrl } from './redis-url.ts'
import type { Script } from '../scripts.ts'
import { SLOTS, slotOf } from './key-slot.ts'
import { isNoScript, type Topology } from './topology.ts'
import { StoreUnavailable } from './unavailable.ts'

/** How often another node is asked who serves what: while something is wrong, and while all is well. */
const LEARN_SOON_MS = 200
const LEARN_MS = 10_000

/** A script that is sent on this often has met a cluster that does not know itself where the slot is. */
const MAX_HOPS = 4

type Call = { script: Script; root: string; args: readonly string[]; slot: number }

/** A Redis Cluster: one connection to each primary, and to the nodes that the setting names. */
export function openCluster(
  { nodes, tls, login }: Extract<RedisUrl, { kind: 'cluster' }>,
  deadlines: Deadlines,
): Topology {
  const links = new Map<string, Link>()
  const seeds = nodes.map(linkTo)
  let slots: (Link | undefined)[] = []
  let primaries: Link[] = []
  let hasGap = false
  let isStale = false
  let isLearning = false
  let learntAt = -Infinity
  let turn = 0
  let fault: string | undefined
  let isOver = false

  function linkTo(address: Address): Link {
    const name = written(address)
    const link = links.get(name) ?? openLink(address, { tls, login, db: 0, deadlines })
    links.set(name, link)
    return link
  }

  /** Asks one node after the other, in turn: one of them may be cut off and know an old story. */
  async function learn(): Promise<void> {
    const up = [...links.values()].filter(({ health }) => health.state === 'up')
    const link = up[turn++ % up.length]
    if (!link) return
    const ranges = readRanges(await link.call(['CLUSTER', 'SLOTS']), link.address)
    if (ranges.length === 0) throw new Error(`redis at ${written(link.address)} knows no cluster`)
    isStale = false
    adopt(ranges)
  }

  function adopt(ranges: readonly Range[]): void {
    if (isOver) return
    const next = Array.from<Link | undefined>({ length: SLOTS })
    for (const { first, last, primary } of ranges) next.fill(linkTo(primary), first, last + 1)
    slots = next
    hasGap = next.includes(undefined)
    primaries = [...new Set(next.filter((link) => link !== undefined))]
    for (const [name, link] of links) {
      if (primaries.includes(link) || seeds.includes(link)) continue
      links.delete(name)
      link.destroy()
    }
  }

  async function learnOnce(now: number): Promise<void> {
    isLearning = true
    learntAt = now
    try {
      await learn()
      fault = undefined
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
    } finally {
      isLearning = false
    }
  }

  async function heal(refusal: unknown, from: Link, call: Call): Promise<unknown> {
    let error = refusal
    let link = from
    let whole = false
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      const moved = movedTo(error, link.address)
      if (isNoScript(error)) whole = true
      else if (moved && !isOver) {
        link = linkTo(moved)
        slots[call.slot] = link
        isStale = true
        await link.dialled
      } else break
      try {
        return await link.send(whole ? ['EVAL', call.script.source, ...rest(call)] : evalSha(call))
      } catch (next) {
        error = next
      }
    }
    if (says(error, 'CLUSTERDOWN')) isStale = true
    // ASK is not followed: until the move is over, the slot's keys are on both nodes, and a script would see but half.
    if (says(error, 'ASK') || says(error, 'MOVED'))
      throw new StoreUnavailable(`slot ${call.slot} is being moved`, { cause: error })
    throw error
  }

  function health(): Health {
    const asked = primaries.length > 0 ? primaries : seeds
    const lost = asked.filter((link) => link.health.state === 'away')
    if (primaries.length > 0 ? lost.length > 0 : lost.length === seeds.length)
      return { state: 'away', reason: awayReasons(lost) }
    if (hasGap) return { state: 'away', reason: 'some slots of the cluster have no primary' }
    if (primaries.length === 0) return fault ? { state: 'away', reason: fault } : { state: 'dialing' }
    return { state: primaries.every((link) => link.health.state === 'up') ? 'up' : 'dialing' }
  }

  return {
    run(script, root, args) {
      const slot = slotOf(root)
      const link = slots[slot]
      if (!link) return Promise.reject(new StoreUnavailable('the key has no known primary in the cluster'))
      const call = { script, root, args, slot }
      return link.call(evalSha(call), (error) => heal(error, link, call))
    },
    processOf: (root) => slots[slotOf(root)]?.process,
    async ping() {
      const { state } = health()
      if (primaries.length === 0 || hasGap) throw new StoreUnavailable(`the redis cluster is ${state}`)
      await Promise.all(primaries.map((link) => link.call(['PING'])))
    },
    health,
    beat(now) {
      for (const link of links.values()) link.beat()
      const pauseMs = isStale || health().state !== 'up' ? LEARN_SOON_MS : LEARN_MS
      if (!isLearning && now - learntAt >= pauseMs) void learnOnce(now)
    },
    destroy() {
      isOver = true
      for (const link of links.values()) link.destroy()
    },
  }
}

const rest = ({ root, args }: Call): string[] => ['1', root, ...args]
const evalSha = (call: Call): string[] => ['EVALSHA', call.script.sha, ...rest(call)]

function says(error: unknown, word: string): boolean {
  return error instanceof Error && error.message.startsWith(`${word} `)
}

/** `MOVED 3999 127.0.0.1:6381`; a node that does not know its own name leaves the host out. */
function movedTo(error: unknown, from: Address): Address | undefined {
  if (!(error instanceof Error)) return undefined
  const [, host, port] = /^MOVED \d+ (\S*):(\d+)/.exec(error.message) ?? []
  return port === undefined ? undefined : { host: host || from.host, port: Number(port) }
}

type Range = { first: number; last: number; primary: Address }

/** CLUSTER SLOTS: rows of first slot, last slot, primary, replicas; a node is host, port, and more. */
function readRanges(reply: unknown, from: Address): Range[] {
  const rows = reply as [number, number, [string | null, number]][]
  return rows
    .filter(([, , [host]]) => host !== '?')
    .map(([first, last, [host, port]]) => ({ first, last, primary: { host: host || from.host, port } }))
}
