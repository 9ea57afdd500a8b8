// Every event that changes what the operations pages show.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeView, SiteView } from '@levee/control-plane/contract'
import {
  initialFleetState,
  nextFleetState,
  requestFor,
  type FleetData,
  type FleetEvent,
  type FleetState,
} from '../../src/ops/fleet/fleet-state.ts'

// Only the names and the number of nodes matter here.
const site = (name: string, nodes = 3) => ({ site: name, nodes }) as SiteView
const nodesOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ node: `${name}-${i}`, site: name }) as NodeView)

const after = (state: FleetState, ...events: FleetEvent[]) => events.reduce(nextFleetState, state)
/** The response to the request that the state leads to. */
const received = (state: FleetState, data: FleetData, atMs = 5): FleetEvent => ({
  type: 'data-received',
  request: requestFor(state),
  data,
  atMs,
})
const SMALL: FleetData = { sites: [site('hq'), site('branch')], nodes: nodesOf('hq', 6) }
const LARGE: FleetData = { sites: [site('hq', 400), site('branch', 20)], nodes: nodesOf('hq', 200) }

const overview = after(initialFleetState(), received(initialFleetState(), SMALL))
const largeOverview = after(initialFleetState(), received(initialFleetState(), LARGE))
const siteOpened = after(largeOverview, { type: 'site-opened', site: 'hq' })
const sitePage = after(
  siteOpened,
  received(siteOpened, { sites: LARGE.sites, nodes: nodesOf('hq', 200), hasMoreNodes: true }),
)

describe('the overview', () => {
  test('of a small fleet has all its nodes and keeps loading them', () => {
    assert.equal(overview.nodes?.length, 6)
    assert.equal(overview.receivedAtMs, 5)
    assert.deepEqual(requestFor(overview), { kind: 'fleet' })
  })

  test('of a large fleet has its sites only and stops loading nodes', () => {
    assert.equal(largeOverview.nodes, undefined)
    assert.equal(largeOverview.sites?.length, 2)
    assert.deepEqual(requestFor(largeOverview), { kind: 'sites' })
  })

  test('a first page of nodes is not taken for the whole fleet', () => {
    const state = after(
      initialFleetState(),
      received(initialFleetState(), { ...LARGE, nodes: nodesOf('hq', 9) }),
    )
    assert.equal(state.nodes, undefined)
  })

  test('a fleet that shrinks is shown whole again', () => {
    const shrunk = after(largeOverview, received(largeOverview, { sites: SMALL.sites }))
    assert.deepEqual(requestFor(shrunk), { kind: 'fleet' })
    assert.equal(after(shrunk, received(shrunk, SMALL)).nodes?.length, 6)
  })
})

describe('the page of a site', () => {
  test('keeps the sites, drops the nodes of the page before, and loads its own', () => {
    assert.equal(siteOpened.sites, largeOverview.sites)
    const opened = after(overview, { type: 'site-opened', site: 'branch' })
    assert.equal(opened.nodes, undefined)
    assert.deepEqual(requestFor(opened), { kind: 'site', site: 'branch', nodePages: 1 })
    assert.equal(sitePage.nodes?.length, 200)
    assert.equal(sitePage.hasMoreNodes, true)
  })

  test('opening the page that is open changes nothing', () => {
    assert.equal(after(sitePage, { type: 'site-opened', site: 'hq' }), sitePage)
  })

  test('more nodes are loading until a response has as many pages as were asked for', () => {
    const asked = after(sitePage, { type: 'more-nodes-requested' })
    assert.equal(asked.loadingMore, true)
    assert.deepEqual(requestFor(asked), { kind: 'site', site: 'hq', nodePages: 2 })
    const early = after(
      asked,
      received(sitePage, { sites: LARGE.sites, nodes: nodesOf('hq', 200), hasMoreNodes: true }),
    )
    assert.equal(early.loadingMore, true, 'that response was under way before')
    const done = after(early, received(asked, { sites: LARGE.sites, nodes: nodesOf('hq', 400) }))
    assert.equal(done.loadingMore, false)
    assert.equal(done.hasMoreNodes, false)
  })

  test('back on the overview: the site to return to is known, its nodes and pages are forgotten', () => {
    const back = after(sitePage, { type: 'more-nodes-requested' }, { type: 'site-opened', site: undefined })
    assert.equal(back.previousSite, 'hq')
    assert.equal(back.nodes, undefined)
    assert.equal(back.nodePages, 1)
    assert.equal(back.loadingMore, false)
  })

  test('a response for a page that is no longer open is dropped', () => {
    const back = after(sitePage, { type: 'site-opened', site: undefined })
    assert.equal(after(back, received(sitePage, SMALL)), back)
    const elsewhere = after(sitePage, { type: 'site-opened', site: 'branch' })
    assert.equal(after(elsewhere, received(sitePage, SMALL), received(overview, SMALL)), elsewhere)
  })
})

describe('failures', () => {
  test('a failed request keeps the old numbers; the next response clears it', () => {
    const failed = after(overview, { type: 'request-refused', refusal: { code: 'unreachable' } })
    assert.equal(failed.nodes, overview.nodes)
    assert.equal(failed.receivedAtMs, overview.receivedAtMs)
    assert.equal(failed.refusal?.code, 'unreachable')
    assert.equal(after(failed, received(failed, SMALL)).refusal, undefined)
  })

  test('after a sign-out no data of the fleet stays on the page, but the open site does', () => {
    const out = after(sitePage, { type: 'request-refused', refusal: { code: 'operator_required' } })
    assert.equal(out.sites, undefined)
    assert.equal(out.nodes, undefined)
    assert.equal(out.site, 'hq')
  })
})

describe('commands', () => {
  const sent: FleetEvent = { type: 'command-sent', node: 'hq-1', verb: 'drain' }
  const refusal = { code: 'drain_does_not_fit' } as const

  test('a command is pending per node until it is finished', () => {
    const both = after(overview, sent, { type: 'command-sent', node: 'hq-2', verb: 'cordon' })
    assert.deepEqual([...both.pendingCommands.keys()], ['hq-1', 'hq-2'])
    const one = after(both, { type: 'command-finished', node: 'hq-1', verb: 'drain', refusal: undefined })
    assert.deepEqual([...one.pendingCommands.keys()], ['hq-2'])
    assert.equal(one.failedCommand, undefined)
  })

  test('a failure stays until it is dismissed, another command finishes or another page opens', () => {
    const failed = after(overview, sent, { type: 'command-finished', node: 'hq-1', verb: 'drain', refusal })
    assert.deepEqual(failed.failedCommand, { node: 'hq-1', verb: 'drain', refusal })
    assert.ok(after(failed, received(failed, SMALL)).failedCommand, 'a refresh keeps it')
    for (const event of [
      { type: 'failure-dismissed' },
      { type: 'command-finished', node: 'hq-2', verb: 'cordon', refusal: undefined },
      { type: 'site-opened', site: 'hq' },
    ] satisfies FleetEvent[])
      assert.equal(after(failed, event).failedCommand, undefined)
    assert.equal(
      after(overview, { type: 'failure-dismissed' }),
      overview,
      'without a failure to dismiss the state is the same object',
    )
  })
})
