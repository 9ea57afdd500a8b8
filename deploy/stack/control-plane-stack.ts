// Redis and control plane replicas without edge nodes: enough for tests that send the reports of agents themselves.
import { join } from 'node:path'
import { NO_RATE_LIMIT } from '../setup/tuning.mjs'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import type { Child } from './processes/child-spec.ts'
import { startRedis } from './redis/redis.ts'
import type { Secrets } from './secrets.ts'
import { type HostOptions, type StackHost, openStackHost } from './stack-host.ts'
import { ensureRedis } from './tools/redis.ts'

export type { Child } from './processes/child-spec.ts'
export type { ControlPlane } from './control-plane.ts'

export interface ControlPlanePorts {
  redis: number
  controlPlanes: readonly number[]
}

export interface ControlPlaneOptions {
  replicas?: number
  /** 'product' keeps the rate limits of the product. By default there are none, for tests that send thousands of requests. */
  rates?: 'product' | { joinPerMin: number; createPerMin: number }
  logLevel?: string
  /** A Redis that the caller has started, in place of the stack's own. */
  redisUrl?: string
  /** Additional environment for every control plane. */
  controlPlaneEnv?: Record<string, string>
}

export interface ControlPlaneStack {
  /** Address of the first control plane; all replicas are in `urls`. */
  url: string
  urls: string[]
  dataDir: string
  redisUrl: string
  operatorKey: string
  enrolmentKey: string
  metricsKey: string
  secrets: Secrets
  /** Throws when the stack was started with `redisUrl`. */
  redis: Child
  controlPlanes: ControlPlane[]
  /** `env` is added to the environment that all control planes have. */
  addControlPlane(env?: Record<string, string>): Promise<ControlPlane>
  stop(): Promise<void>
}

export async function startControlPlanes(
  options: ControlPlaneOptions & HostOptions = {},
): Promise<ControlPlaneStack> {
  const host = await openStackHost(options, 'free')
  try {
    return await runControlPlanes(host, options)
  } catch (error) {
    await host.stop()
    throw error
  }
}

/** Starts Redis and the replicas on a host. The caller stops the host when this throws. */
export async function runControlPlanes(
  host: StackHost,
  options: ControlPlaneOptions,
  fixed?: ControlPlanePorts,
): Promise<ControlPlaneStack> {
  const { replicas = 1, rates = NO_RATE_LIMIT, logLevel = 'info' } = options
  const { processes, secrets, logs, dataDir, ports } = host
  const own = options.redisUrl === undefined ? await startOwnRedis(host, fixed?.redis) : undefined
  const redisUrl = options.redisUrl ?? own?.url ?? ''
  const controlPlanes: ControlPlane[] = []
  const taken: number[] = []

  const launch = async (index: number, env: Record<string, string> = {}): Promise<ControlPlane> => {
    const port = (taken[index] ??= fixed?.controlPlanes[index] ?? (await ports.tcp()))
    const one = await startControlPlane(processes, {
      name: index === 0 && replicas === 1 ? 'control-plane' : `control-plane-${index + 1}`,
      port,
      // All replicas give the address of the first one to browsers and agents.
      publicUrl: `http://localhost:${taken[0]}`,
      redisUrl,
      secrets,
      logs,
      logLevel,
      ...(rates !== 'product' && { rates }),
      env: { ...options.controlPlaneEnv, ...env },
    })
    controlPlanes[index] = one
    return one
  }

  for (let i = 0; i < replicas; i++) taken.push(fixed?.controlPlanes[i] ?? (await ports.tcp()))
  await Promise.all(taken.map((_, i) => launch(i)))
  return {
    get url() {
      return controlPlanes[0]?.url ?? ''
    },
    get urls() {
      return controlPlanes.map(({ url }) => url)
    },
    ...secrets,
    secrets,
    dataDir,
    redisUrl,
    get redis() {
      if (!own) throw new Error('this stack uses a Redis of its caller')
      return own.redis
    },
    controlPlanes,
    addControlPlane: (env) => launch(taken.length, env),
    stop: host.stop,
  }
}

async function startOwnRedis({ processes, ports, dataDir, logs }: StackHost, fixedPort?: number) {
  const binary = await ensureRedis()
  const port = fixedPort ?? (await ports.tcp())
  const options = { binary, port, dir: join(dataDir, 'redis'), logFile: join(logs, 'redis.log') }
  return { redis: await startRedis(processes, options), url: `redis://127.0.0.1:${port}` }
}
