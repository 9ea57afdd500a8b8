// The status of sites, their order in the list, and the editor of their settings.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SiteSettings, SiteView } from '@levee/control-plane/contract'
import { settingsInWords } from '../../src/ops/sites/settings/settings-messages.ts'
import {
  draftOf,
  fieldProblems,
  settingsOf,
  unknownSites,
} from '../../src/ops/sites/settings/site-settings.ts'
import { siteProblem } from '../../src/ops/sites/site-messages.ts'
import { byName, findSites, worstFirst } from '../../src/ops/sites/site-order.ts'
import { capacityShares, siteStatus } from '../../src/ops/sites/site-status.ts'
import { english } from './english.ts'

const SETTINGS: SiteSettings = { ranges: [], fallback: [], boundary: 'soft', spare: 'largest-node' }

const siteOf = (name: string, change: Partial<SiteView> = {}): SiteView => ({
  site: name,
  nodes: 10,
  serving: 10,
  silent: 0,
  frozen: false,
  rooms: 0,
  participants: 0,
  capacityTracks: 1000,
  reservedTracks: 0,
  headroomTracks: 600,
  headroom: 0.6,
  settings: SETTINGS,
  restart: null,
  ...change,
})

describe('status of a site', () => {
  test('the worst status that applies is shown', () => {
    const dead = { serving: 0, headroom: 0, capacityTracks: 0 }
    assert.equal(siteStatus(siteOf('a', { ...dead, silent: 10, frozen: true })), 'frozen')
    assert.equal(siteStatus(siteOf('a', { ...dead, silent: 10 })), 'closed')
    assert.equal(siteStatus(siteOf('a', { serving: 9, silent: 1, headroom: 0 })), 'silent')
    assert.equal(siteStatus(siteOf('a', { headroom: 0.09 })), 'full')
    assert.equal(siteStatus(siteOf('a')), 'serving')
    assert.equal(siteStatus(siteOf('a', { ...dead, nodes: 0 })), 'empty')
  })

  test('silent nodes are counted; silence of many at once may be the network’s fault', () => {
    const problem = (change: Partial<SiteView>) => english(siteProblem(siteOf('a', change)))
    assert.match(
      problem({ silent: 3, serving: 7, frozen: true }) ?? '',
      /^3 of 10 nodes went silent at the same time\. .* meetings aren’t moved for now/,
    )
    assert.match(problem({ silent: 1, serving: 9 }) ?? '', /^1 of 10 nodes isn’t sending reports/)
    assert.match(problem({ silent: 2, serving: 8 }) ?? '', /^2 of 10 nodes aren’t sending reports/)
    assert.match(problem({ silent: 10, serving: 0 }) ?? '', /^No node sends reports/)
    assert.match(problem({ serving: 0 }) ?? '', /accepts new meetings/)
    assert.equal(problem({}), undefined)
  })

  test('the text for a site that is nearly full says where new meetings will go', () => {
    const problem = (boundary: SiteSettings['boundary']) =>
      english(siteProblem(siteOf('a', { headroom: 0.02, settings: { ...SETTINGS, boundary } })))
    assert.match(problem('soft') ?? '', /other sites/)
    assert.match(problem('hard') ?? '', /refused/)
  })

  test('reserved capacity does not count as used', () => {
    const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} ≠ ${b}`)
    const { used, reserved } = capacityShares(siteOf('a', { reservedTracks: 100 }))
    close(used, 0.3)
    close(reserved, 0.1)
    // More is reserved than the site has.
    const over = capacityShares(siteOf('a', { headroom: 0, reservedTracks: 2000 }))
    close(over.used + over.reserved, 1)
    assert.deepEqual(
      capacityShares(siteOf('a', { capacityTracks: 0, headroom: 0, reservedTracks: 5 })).reserved,
      0,
    )
  })
})

describe('the order of sites', () => {
  const names = (sites: readonly SiteView[]) => sites.map(({ site }) => site)

  test('problems first, then the least headroom, empty sites last', () => {
    const sites = [
      siteOf('empty', { nodes: 0, serving: 0 }),
      siteOf('free', { headroom: 0.9 }),
      siteOf('tight', { headroom: 0.2 }),
      siteOf('full', { headroom: 0.02 }),
      siteOf('quiet', { silent: 1, serving: 9, headroom: 0.8 }),
      siteOf('closed', { serving: 0 }),
      siteOf('frozen', { silent: 4, serving: 6, frozen: true }),
    ]
    assert.deepEqual(names(worstFirst(sites)), [
      'frozen',
      'closed',
      'quiet',
      'full',
      'tight',
      'free',
      'empty',
    ])
  })

  test('a few percent more or less do not change the order', () => {
    const before = [siteOf('a', { headroom: 0.61 }), siteOf('b', { headroom: 0.64 })]
    const after = [siteOf('a', { headroom: 0.66 }), siteOf('b', { headroom: 0.62 })]
    assert.deepEqual(names(worstFirst(before)), names(worstFirst(after)))
  })

  test('numbers in names count as numbers', () => {
    const sites = ['branch-10', 'branch-9', 'branch-100'].map((name) => siteOf(name))
    assert.deepEqual(names(worstFirst(sites)), ['branch-9', 'branch-10', 'branch-100'])
    assert.deepEqual(names(sites.toSorted(byName)), names(worstFirst(sites)))
  })

  test('found by a part of the name, any case', () => {
    const sites = [siteOf('head-office'), siteOf('branch-1')]
    assert.deepEqual(names(findSites(sites, ' OFFICE ')), ['head-office'])
    assert.equal(findSites(sites, '  ').length, 2)
    assert.equal(findSites(sites, 'depot').length, 0)
  })
})

describe('settings of a site', () => {
  const settings: SiteSettings = {
    ranges: ['10.2.0.0/16', '2001:db8::/32'],
    fallback: ['head-office', 'depot'],
    boundary: 'hard',
    spare: 'none',
  }

  test('settings pass through the editor unchanged', () => {
    assert.deepEqual(settingsOf(draftOf(settings)), settings)
    assert.deepEqual(settingsOf(draftOf(SETTINGS)), SETTINGS)
  })

  test('pasted lists: commas, blank lines, duplicates, capitals', () => {
    const draft = {
      ...draftOf(SETTINGS),
      ranges: ' 10.1.0.0/16,10.2.0.0/16;\r\n\n10.1.0.0/16 ',
      fallback: 'Depot',
    }
    assert.deepEqual(settingsOf(draft).ranges, ['10.1.0.0/16', '10.2.0.0/16'])
    assert.deepEqual(settingsOf(draft).fallback, ['depot'])
  })

  test('an unknown fallback site is pointed out', () => {
    assert.deepEqual(unknownSites(draftOf(settings), new Set(['depot'])), ['head-office'])
  })

  test('problems are shown at their field and name the entry, without the server’s sentences', () => {
    const problems = fieldProblems(
      [
        { field: '/ranges/1', message: 'must be a CIDR range such as 10.2.0.0/16' },
        { field: '/ranges', message: 'must not have more than 1000 items' },
        { field: '/fallback/0', message: 'must match pattern "^[a-z0-9]$"' },
        { field: '/fallback/2', message: 'must match pattern "^[a-z0-9]$"' },
        { field: '/fallback', message: 'must not name the site itself' },
        { field: '/', message: 'must be object' },
      ],
      'depot',
      { ...settings, fallback: ['-office', 'depot', 'x'.repeat(41)] },
    )
    assert.deepEqual(
      problems.get('ranges')?.map((message) => english(message)),
      ['“2001:db8::/32” isn’t an address range such as 10.2.0.0/16.', 'That’s too many entries.'],
    )
    const [pattern, length, itself] = problems.get('fallback')?.map((message) => english(message)) ?? []
    assert.match(pattern ?? '', /^“-office” isn’t a site name: use lower-case/)
    assert.match(length ?? '', /^“x+” is too long/)
    assert.equal(itself, 'A site can’t be its own fallback.')
    assert.deepEqual(
      problems.get('other')?.map((message) => english(message)),
      ['The control plane didn’t accept these settings.'],
    )
  })

  test('in words: a few of many ranges, the fallback in its order, and no fallback if none is used', () => {
    const words = (change: Partial<SiteSettings>) =>
      Object.fromEntries(settingsInWords({ ...settings, ...change }, english))
    const many = Array.from({ length: 30 }, (_, i) => `10.${i}.0.0/16`)
    assert.match(words({ ranges: many })['Addresses'] ?? '', /^10\.0\.0\.0\/16, .* and 26 more$/)
    assert.match(words({ boundary: 'soft' })['When full'] ?? '', /head-office, then depot$/)
    assert.doesNotMatch(words({})['When full'] ?? '', /depot/)
    assert.match(words({ offline: 'start' })['When disconnected'] ?? '', /join and start/)
  })
})
