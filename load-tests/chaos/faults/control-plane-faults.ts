// Faults of the control planes and of Redis.
import { sendRedisCommand } from '@levee/deploy/redis/redis'
import type { Fault } from './fault.ts'
import { portOf, redisEmptied, redisGone, replicasGone } from './proofs.ts'

export const stopReplicas: Fault = {
  what: 'all control planes stopped',
  inject: async ({ stack }) => void (await Promise.all(stack.controlPlanes.map((one) => one.stop()))),
  proofs: [replicasGone],
  repair: async ({ stack }) => void (await Promise.all(stack.controlPlanes.map((one) => one.restart()))),
}

export const killRedis: Fault = {
  what: 'kill -9 of Redis, which comes back with its append-only file',
  async inject({ stack }) {
    stack.redis.kill('SIGKILL')
    await stack.redis.exited
  },
  proofs: [redisGone],
  repair: ({ stack }) => stack.redis.restart(),
}

export const stopRedis: Fault = {
  ...killRedis,
  what: 'Redis stopped',
  inject: ({ stack }) => stack.redis.stop(),
}

export const flushRedis: Fault = {
  what: 'Redis emptied',
  inject: async ({ stack }) => void (await sendRedisCommand(portOf(stack.redisUrl), 'FLUSHALL')),
  proofs: [redisEmptied],
  repair: async () => {},
}
