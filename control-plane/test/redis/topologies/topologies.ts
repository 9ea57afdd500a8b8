/** Redis processes of each topology. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Child } from '../../../../deploy/stack/processes/child-spec.ts'
import { type RedisCluster, startRedisCluster } from '../../../../deploy/stack/redis/cluster.ts'
import { startRedisSentinel, type RedisSentinel } from '../../../../deploy/stack/redis/sentinel.ts'
import { startRedis } from '../../../../deploy/stack/redis/redis.ts'
import { type openSandbox } from '../../../../deploy/stack/sandbox.ts'
import { ensureRedis } from '../../../../deploy/stack/tools/redis.ts'
import { slotOf } from '../../../src/redis/connection/key-slot.ts'

type Sandbox = Awaited<ReturnType<typeof openSandbox>>

export type SingleRedis = { url: string; redis: Child; port: number }

export async function startSingle({ processes, ports, dir }: Sandbox): Promise<SingleRedis> {
  const binary = await ensureRedis()
  const port = await ports.tcp()
  const options = { binary, port, dir: join(dir, 'single'), logFile: join(dir, 'single.log') }
  const redis = await startRedis(processes, options)
  return { url: `redis://127.0.0.1:${port}`, redis, port }
}

export const startCluster = async ({ processes, ports, dir }: Sandbox): Promise<RedisCluster> =>
  startRedisCluster(processes, { binary: await ensureRedis(), ports, dir })

export const startSentinel = async ({ processes, ports, dir }: Sandbox): Promise<RedisSentinel> =>
  startRedisSentinel(processes, { binary: await ensureRedis(), ports, dir })

/** A prefix whose keys are on this primary, different for each `n`. */
export function prefixAt({ primaries }: RedisCluster, at: number, n: number): string {
  const width = 16_384 / primaries.length
  const prefixes = Array.from({ length: 1_000 }, (_, i) => `{r${i}}`)
  const found = prefixes.filter((shardPrefix) => Math.floor(slotOf(shardPrefix) / width) === at)[n]
  assert.ok(found)
  return found
}

/** Adds a first host that does not exist: one that is down must not matter. */
export const withUnreachableHost = (url: string): string => url.replace('://', '://127.0.0.1:1,')
