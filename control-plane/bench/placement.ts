// The part of the placement benchmark without HTTP. Prints one JSON line for load-tests/benchmarks/placement/main.ts.
import { parseArgs } from 'node:util'
import { benchPeak } from './peak.ts'
import { benchMemory, benchRace, benchScripts } from './scripts.ts'
import { startBenchRedis } from './fleet.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const { quick } = values
const redis = await startBenchRedis()
try {
  const peak = await benchPeak(redis)
  const race = await benchRace(redis, quick ? 200 : 2_000, 16)
  const scripts = await benchScripts(redis, quick ? [100, 1_000] : [100, 1_000, 20_000])
  const memory = await benchMemory(
    redis,
    quick ? 1_000 : 20_000,
    quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000],
  )
  process.stdout.write(`${JSON.stringify({ peak, race, ...scripts, memory })}\n`)
} finally {
  await redis.stop()
}
