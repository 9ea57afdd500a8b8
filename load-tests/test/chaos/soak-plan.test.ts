import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planStorms } from '../../chaos/soak/soak-plan.ts'

test('the seed of a soak repeats its storms; each leaves one node without a fault and hits no part twice', () => {
  const storms = (seed: number) => {
    const plan = planStorms({ seed, nodes: 3, replicas: 2 })
    return Array.from({ length: 200 }, () => plan.next().value)
  }
  assert.deepEqual(storms(7), storms(7))
  assert.notDeepEqual(storms(7), storms(8))
  const kinds = new Set<string>()
  for (const { faults, spared } of storms(7)) {
    const hit = faults.map(({ kind, index }) => {
      kinds.add(kind)
      if (kind === 'replica') return `replica ${index}`
      if (kind === 'redis' || kind === 'flush' || kind === 'wipe') return 'redis'
      assert.notEqual(index, spared)
      return `node ${index}`
    })
    assert.equal(new Set(hit).size, hit.length)
  }
  assert.equal(kinds.size, 9)
})
