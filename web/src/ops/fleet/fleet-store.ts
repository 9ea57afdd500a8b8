import type { NodeView, SiteView } from '@levee/control-plane/contract'
import {
  commandNode,
  viewFleet,
  viewNodes,
  viewSites,
  type Answer,
  type DrainWish,
  type NodeVerb,
  type Refusal,
} from '../../api/client.ts'

export type FleetPageView = {
  /** The site whose nodes are shown; undefined: the overview. */
  chosen: string | undefined
  /** The site that was chosen before: back in the overview it is found again. */
  from?: string
  sites?: readonly SiteView[]
  /** Of the chosen site. In the overview: all, when they are few enough to stand beside their sites. */
  nodes?: readonly NodeView[]
  /** The chosen site has more nodes than these. */
  more: boolean
  /** They are on their way. */
  coming: boolean
  /** When the last good answer came, by this page's clock. */
  seenAtMs?: number
  refusal?: Refusal
  /** Commands on their way, by node. */
  busy: ReadonlyMap<string, NodeVerb>
  /** The last command that was refused. */
  commandFault?: { node: string; verb: NodeVerb; refusal: Refusal }
}
type Seen = Pick<FleetPageView, 'sites' | 'nodes'> & { more: boolean }

const NOTHING: FleetPageView = { chosen: undefined, more: false, coming: false, busy: new Map() }
const EVERY_MS = 2_000
/** Older than this the numbers are shown as what they are: the past. */
export const STALE_MS = 7_000
/** A fleet up to this many nodes is shown whole; a larger one by its sites. */
const WHOLE_FLEET = 24

/** The fleet as the operations page sees it: what is shown is asked for every two seconds while somebody looks. */
export class Fleet {
  #view: FleetPageView
  readonly #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking: Promise<void> | undefined
  #next: Promise<void> | undefined
  #watched = false
  /** Of nodes, as the control plane makes them. */
  #pages = 1

  constructor(chosen?: string) {
    this.#view = { ...NOTHING, chosen }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly view = (): FleetPageView => this.#view

  watch(): () => void {
    const onVisible = () => {
      if (!document.hidden) void this.refresh()
    }
    this.#watched = true
    document.addEventListener('visibilitychange', onVisible)
    void this.refresh()
    return () => {
      this.#watched = false
      document.removeEventListener('visibilitychange', onVisible)
      clearTimeout(this.#timer)
    }
  }

  /**
   * Resolves with an answer to a question that was put after this call. One question at a time; the next is timed
   * from the answer, so a slow answer never piles up.
   */
  refresh(): Promise<void> {
    clearTimeout(this.#timer)
    if (!this.#asking) return this.#start()
    this.#next ??= this.#asking.then(() => {
      this.#next = undefined
      return this.#start()
    })
    return this.#next
  }

  /** A site and its nodes, or the overview. */
  choose(site: string | undefined): void {
    if (site === this.#view.chosen) return
    const { nodes: _, commandFault: __, from: ___, ...view } = this.#view
    const from = view.chosen === undefined ? {} : { from: view.chosen }
    this.#view = { ...view, ...from, chosen: site, more: false, coming: false }
    this.#pages = 1
    this.#tell()
    void this.refresh()
  }

  showMore(): void {
    this.#pages++
    this.#view = { ...this.#view, coming: true }
    this.#tell()
    void this.refresh()
  }

  /** True when it was done; else the view says why not. `wish`: how the node is drained. */
  async command(node: string, verb: NodeVerb, wish?: DrainWish): Promise<boolean> {
    this.#view = { ...this.#view, busy: new Map([...this.#view.busy, [node, verb]]) }
    this.#tell()
    const answer = await commandNode(node, verb, wish)
    await this.refresh()
    const { commandFault: _, ...view } = this.#view
    const busy = new Map(view.busy)
    busy.delete(node)
    const fault = answer.ok ? {} : { commandFault: { node, verb, refusal: answer.refusal } }
    this.#view = { ...view, busy, ...fault }
    this.#tell()
    return answer.ok
  }

  forgetFault(): void {
    const { commandFault: _, ...view } = this.#view
    this.#view = view
    this.#tell()
  }

  #start(): Promise<void> {
    this.#asking = this.#ask().finally(() => {
      this.#asking = undefined
      if (this.#watched && !document.hidden && this.#view.refusal?.code !== 'operator_required')
        this.#timer = setTimeout(() => void this.refresh(), EVERY_MS)
    })
    return this.#asking
  }

  async #ask(): Promise<void> {
    const { chosen } = this.#view
    const pages = this.#pages
    const answer = await (chosen === undefined ? this.#askOverview() : askSite(chosen, pages))
    const { refusal: _, ...view } = this.#view
    if (!answer.ok) {
      const { refusal } = answer
      this.#view =
        refusal.code === 'operator_required'
          ? { ...NOTHING, chosen: view.chosen, refusal }
          : { ...view, refusal }
    } else if (view.chosen === chosen) {
      const { nodes: _, ...rest } = view
      const coming = view.coming && pages < this.#pages
      this.#view = {
        ...rest,
        ...answer.value,
        coming,
        seenAtMs: performance.now(),
      }
    }
    this.#tell()
  }

  /** A large fleet is shown by its sites, so its nodes need not come each time. */
  async #askOverview(): Promise<Answer<Seen>> {
    if (this.#view.sites && nodesOf(this.#view.sites) > WHOLE_FLEET) {
      const answer = await viewSites()
      return answer.ok ? { ok: true, value: { sites: answer.value, more: false } } : answer
    }
    const answer = await viewFleet()
    if (!answer.ok) return answer
    const { sites, nodes } = answer.value
    const whole = Math.max(nodes.length, nodesOf(sites)) <= WHOLE_FLEET
    return { ok: true, value: { sites, ...(whole ? { nodes } : {}), more: false } }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

const nodesOf = (sites: readonly SiteView[]) => sites.reduce((sum, { nodes }) => sum + nodes, 0)

async function askSite(site: string, pages: number): Promise<Answer<Seen>> {
  const [sites, nodes] = await Promise.all([viewSites(), askNodes(site, pages)])
  if (!sites.ok) return sites
  return nodes.ok ? { ok: true, value: { sites: sites.value, ...nodes.value } } : nodes
}

async function askNodes(site: string, pages: number): Promise<Answer<{ nodes: NodeView[]; more: boolean }>> {
  const nodes: NodeView[] = []
  let after: string | undefined
  for (let turn = 0; turn < pages; turn++) {
    const page = await viewNodes(site, after)
    if (!page.ok) return page
    nodes.push(...page.value.nodes)
    after = page.value.next ?? undefined
    if (after === undefined) break
  }
  return { ok: true, value: { nodes, more: after !== undefined } }
}
