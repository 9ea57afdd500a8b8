// The bill of materials and the licences of the production dependencies.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Component, makeBill, readPackages } from '../../checks/dependencies/bill-of-materials.ts'
import { findLicenceFaults, isAllowed } from '../../checks/dependencies/licences.ts'
import { LIVEKIT_VERSION, NODE_VERSION, repoDir } from '../../setup/pins.mjs'
import { runProgram, tempDir } from '../support.ts'

const component = (name: string, licence?: string, group?: string): Component => ({
  type: 'library',
  name,
  ...(group ? { group } : {}),
  version: '1.0.0',
  purl: `pkg:npm/${name}@1.0.0`,
  'bom-ref': `pkg:npm/${name}@1.0.0`,
  ...(licence ? { licenses: [{ expression: licence }] } : {}),
})

describe('licences', () => {
  test('those of the production dependencies are allowed', async () => {
    const { components } = await readPackages()
    assert.ok(components.length > 100)
    assert.deepEqual(findLicenceFaults(components), [])
  })

  test('another licence, none, and one beside an allowed one are named', () => {
    const found = findLicenceFaults(
      [
        component('good', 'MIT'),
        component('copyleft', 'GPL-3.0-only', '@some'),
        component('both', '(MIT AND AGPL-3.0-only)'),
        component('either', '(MIT OR GPL-3.0-only)'),
        component('unknown'),
      ],
      {},
    )
    assert.deepEqual(found, [
      '@some/copyleft@1.0.0 is under GPL-3.0-only, which is not allowed.',
      'both@1.0.0 is under MIT AND AGPL-3.0-only, which is not allowed.',
      'unknown@1.0.0 is under no licence, which is not allowed.',
    ])
  })

  test('an exception holds for its package under that licence, and is removed when it is not needed', () => {
    const exceptions = { 'a-font': { licence: 'OFL-1.1', because: 'a test' } }
    assert.deepEqual(findLicenceFaults([component('a-font', 'OFL-1.1')], exceptions), [])
    assert.deepEqual(findLicenceFaults([component('a-font', 'GPL-2.0-only')], exceptions), [
      'a-font@1.0.0 is under GPL-2.0-only, which is not allowed.',
      'The exception for a-font is not needed any more: remove it.',
    ])
  })

  test('expressions in brackets', () => {
    assert.ok(isAllowed('MIT AND (GPL-2.0-only OR ISC)'))
    assert.ok(!isAllowed('MIT AND (GPL-2.0-only OR AGPL-3.0-only)'))
    assert.ok(!isAllowed('Apache-2.0 WITH LLVM-exception'), 'an exception needs a decision')
    assert.ok(!isAllowed(''))
  })
})

describe('the bill of materials', () => {
  test('lists what runs in production: packages, Node, LiveKit with its modules', async () => {
    const { components, dependencies, metadata } = await makeBill()
    const refs = new Set(components.map((each) => each['bom-ref']))
    const manifest = JSON.parse(readFileSync(join(repoDir, 'control-plane/package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    for (const name of Object.keys(manifest.dependencies))
      assert.ok(
        [...refs].some((ref) => ref.startsWith(`pkg:npm/${name.replace('@', '%40')}@`)),
        name,
      )
    assert.ok(refs.has(`pkg:generic/node@${NODE_VERSION}`))
    assert.ok(refs.has(`pkg:golang/github.com/livekit/livekit-server@v${LIVEKIT_VERSION}`))
    assert.ok([...refs].some((ref) => ref.includes('pion/webrtc')))
    for (const tool of ['knip', 'typescript', 'vite', 'playwright-core'])
      assert.ok(![...refs].some((ref) => ref.startsWith(`pkg:npm/${tool}@`)), `${tool} is not in production`)
    for (const each of components)
      assert.notEqual(each.properties?.find(({ name }) => name === 'go.sum')?.value, '', each.purl)
    for (const { ref, dependsOn = [] } of dependencies)
      for (const to of [ref, ...dependsOn])
        assert.ok(refs.has(to) || to === metadata.component['bom-ref'], to)
  })

  test('is the same text each time', async () => {
    const texts = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const file = join(tempDir(), 'sbom.json')
        const program = join(repoDir, 'deploy/checks/dependencies/sbom.ts')
        const { code, output } = await runProgram(process.execPath, [program, '--out', file])
        assert.equal(code, 0, output)
        return readFileSync(file, 'utf8')
      }),
    )
    assert.equal(new Set(texts).size, 1)
    assert.match(texts[0] ?? '', /"specVersion": "1\.6"/)
  })
})
