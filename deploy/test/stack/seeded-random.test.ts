import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '../../stack/seeded-random.ts'
import { median, percentile } from '../../stack/statistics.ts'

const numbers = (seed: number, label: string, count = 5) => {
  const random = seeded(seed, label)
  return Array.from({ length: count }, () => random.next())
}

test('the same seed and label repeat the sequence; another seed or label starts another one', () => {
  assert.deepEqual(numbers(1, 'a'), numbers(1, 'a'))
  assert.notDeepEqual(numbers(1, 'a'), numbers(2, 'a'))
  assert.notDeepEqual(numbers(1, 'a'), numbers(1, 'b'))
})

test('the first numbers of neighbouring seeds are spread over the whole range', () => {
  const first = Array.from({ length: 1_000 }, (_, seed) => numbers(seed, 'a', 1)[0] as number)
  assert.ok(first.every((one) => one >= 0 && one < 1))
  const perTenth = Array.from(
    { length: 10 },
    (_, tenth) => first.filter((one) => Math.floor(one * 10) === tenth).length,
  )
  assert.ok(
    perTenth.every((count) => count > 60 && count < 140),
    perTenth.join(' '),
  )
})

test('each kind of draw stays within its bounds and follows its distribution', () => {
  const random = seeded(1, 'draws')
  const many = <T>(draw: () => T) => Array.from({ length: 10_000 }, draw)
  const mean = (all: number[]) => all.reduce((sum, one) => sum + one, 0) / all.length
  const between = many(() => random.between(-2, 4))
  assert.ok(between.every((one) => one >= -2 && one < 4))
  assert.ok(Math.abs(mean(between) - 1) < 0.1)
  assert.deepEqual(new Set(many(() => random.below(3))), new Set([0, 1, 2]))
  assert.deepEqual(new Set(many(() => random.pick(['x', 'y']))), new Set(['x', 'y']))
  assert.ok(Math.abs(mean(many(() => (random.chance(0.3) ? 1 : 0))) - 0.3) < 0.02)
  const heavy = many(() =>
    random.weighted([['rare', 1] as const, ['common', 9] as const, ['never', 0] as const]),
  )
  assert.ok(!heavy.includes('never'))
  assert.ok(Math.abs(heavy.filter((one) => one === 'common').length / heavy.length - 0.9) < 0.02)
  assert.ok(Math.abs(mean(many(() => random.exponential(50))) - 50) < 2)
  assert.match(random.letters(64), /^[A-Za-z0-9_-]{64}$/)
  assert.throws(() => random.pick([]), RangeError)
  assert.throws(() => random.weighted([]), RangeError)
})

test('a percentile is the nearest-rank sample, independent of the order of the samples', () => {
  const samples = [40, 15, 50, 20, 35]
  assert.deepEqual(
    [0, 5, 30, 40, 50, 100].map((percent) => percentile(samples, percent)),
    [15, 15, 20, 20, 35, 50],
  )
  assert.equal(median([4, 1, 3, 2]), 2)
  assert.throws(() => median([]), RangeError)
})
