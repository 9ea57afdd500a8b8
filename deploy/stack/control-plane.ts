// One control plane replica.
import { join } from 'node:path'
import { repoDir } from '../setup/pins.mjs'
import { plainEnv } from './environment.ts'
import { LOOPBACK } from './network/free-ports.ts'
import type { Child } from './processes/child-spec.ts'
import type { ProcessGroup } from './processes/process-group.ts'
import type { Secrets } from './secrets.ts'
import { answers } from './until.ts'

export interface ControlPlane extends Child {
  readonly url: string
}

export interface ReplicaOptions {
  name: string
  port: number
  publicUrl: string
  redisUrl: string
  secrets: Secrets
  logs: string
  logLevel: string
  rates?: { joinPerMin: number; createPerMin: number }
  env: Record<string, string>
}

export async function startControlPlane(
  processes: Pick<ProcessGroup, 'start'>,
  options: ReplicaOptions,
): Promise<ControlPlane> {
  const { name, port, secrets, rates } = options
  const child = await processes.start({
    name,
    command: process.execPath,
    args: [join(repoDir, 'control-plane', 'src', 'main.ts')],
    cwd: repoDir,
    env: {
      ...plainEnv(),
      LEVEE_MODE: 'local',
      LEVEE_HOST: LOOPBACK,
      LEVEE_PORT: String(port),
      LEVEE_PUBLIC_URL: options.publicUrl,
      LEVEE_REDIS_URL: options.redisUrl,
      LEVEE_MASTER_KEY: secrets.masterKey,
      LEVEE_ENROLMENT_KEY: secrets.enrolmentKey,
      LEVEE_OPERATOR_KEY: secrets.operatorKey,
      LEVEE_METRICS_KEY: secrets.metricsKey,
      LEVEE_WEB_DIR: join(repoDir, 'web', 'dist'),
      LEVEE_LOG_LEVEL: options.logLevel,
      ...(rates && {
        LEVEE_JOIN_RATE_PER_MIN: String(rates.joinPerMin),
        LEVEE_CREATE_RATE_PER_MIN: String(rates.createPerMin),
      }),
      ...options.env,
    },
    logFile: join(options.logs, `${name}.log`),
    ready: () => answers(`http://${LOOPBACK}:${port}/readyz`),
    stopRank: 1,
  })
  // Not a spread: `pid` and `running` change over time.
  return Object.defineProperty(child, 'url', {
    value: `http://localhost:${port}`,
    enumerable: true,
  }) as ControlPlane
}
