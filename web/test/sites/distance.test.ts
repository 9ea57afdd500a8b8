import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOTHING_MEASURED } from '../../src/sites/round-trips.ts'
import { connectionMessages, distanceOf, elsewhereMessage, type Distance } from '../../src/sites/distance.ts'
import { translate } from '../i18n/translate.ts'

const elsewhereText = (distance: Distance) => {
  const message = elsewhereMessage(distance)
  return message && translate(message)
}
const connectionText = (...parts: Parameters<typeof connectionMessages>) =>
  connectionMessages(...parts)
    .map(translate)
    .join(' ')
const times = (all: Record<string, number>) => new Map(Object.entries(all))

test('at the nearest site nothing is announced', () => {
  for (const nearestSite of ['hq', null]) {
    const distance = distanceOf({ site: 'hq', nearestSite }, NOTHING_MEASURED)
    assert.equal(elsewhereText(distance), undefined)
    assert.equal(connectionText(distance, 'hq-1'), 'Connected to node hq-1 at site hq.')
  }
})

test('elsewhere: the site, the round trip, and the nearer site', () => {
  const measured = { times: times({ hq: 45.4, branch: 8 }), nearest: 'branch' }
  const distance = distanceOf({ site: 'hq', nearestSite: 'branch' }, measured)
  assert.equal(elsewhereText(distance), 'This meeting runs at hq, 45\u{a0}ms from you.')
  assert.equal(
    connectionText(distance, 'hq-1'),
    'Connected to node hq-1 at site hq, 45\u{a0}ms from you. Your nearest site is branch.',
  )
})

test('without a measurement no number is shown', () => {
  const distance = distanceOf({ site: 'hq', nearestSite: 'branch' }, NOTHING_MEASURED)
  assert.equal(elsewhereText(distance), 'This meeting runs at hq.')
})

test('the measurement takes precedence over the guess by address', () => {
  const measured = { times: times({ hq: 45, branch: 8 }), nearest: 'branch' }
  // A rejoin answers with the guess.
  assert.equal(distanceOf({ site: 'branch', nearestSite: 'hq' }, measured).nearer, undefined)
  assert.equal(distanceOf({ site: 'hq', nearestSite: 'hq' }, measured).nearer, 'branch')
})

test('a site that is as near as the nearest does not count as elsewhere', () => {
  const measured = { times: times({ hq: 12, branch: 8 }), nearest: 'branch' }
  assert.equal(distanceOf({ site: 'hq', nearestSite: 'branch' }, measured).nearer, undefined)
})

test('the current round trip takes precedence over an earlier one, and none is shown as 0 ms', () => {
  const distance = distanceOf({ site: 'hq', nearestSite: 'hq' }, { times: times({ hq: 9 }), nearest: 'hq' })
  assert.match(connectionText(distance, 'hq-1', 30.2), /site hq, 30\u{a0}ms from you\.$/u)
  assert.match(connectionText(distance, 'hq-1', 0.3), /site hq, 1\u{a0}ms from you\.$/u)
})
