// A LiveKit server in its own cluster mode, which the product does not use: several share one Redis.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessGroup } from '@levee/deploy/processes/process-group'
import { livekitConfig } from '@levee/deploy/livekit'
import { type FreePorts, LOOPBACK } from '@levee/deploy/network/free-ports'
import { type LivekitKey, writePrivate } from '@levee/deploy/secrets'
import { answers } from '@levee/deploy/until'

export interface ClusterServerOptions {
  id: string
  binary: string
  take: Pick<FreePorts, 'tcp' | 'udp'>
  key: LivekitKey
  /** host:port */
  redis: string
  dir: string
}

export interface ClusterServer {
  url: string
  metricsUrl: string
}

/** Starts the server, which stops together with `processes`. */
export async function startClusterServer(
  processes: ProcessGroup,
  { id, binary, take, key, redis, dir }: ClusterServerOptions,
): Promise<ClusterServer> {
  const ports = {
    signal: await take.tcp(),
    metrics: await take.tcp(),
    rtcUdp: await take.udp(),
    turnUdp: await take.udp(),
  }
  const logFile = join(dir, 'livekit.log')
  const settings = {
    ...livekitConfig({ id, binary, ports, key, dir, logFile }),
    redis: { address: redis },
    // A log line per room would slow down the server that is measured.
    logging: { level: 'warn', json: true },
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const config = join(dir, 'livekit.yaml')
  writePrivate(config, `${JSON.stringify(settings, null, 2)}\n`)
  const url = `http://${LOOPBACK}:${ports.signal}`
  await processes.start({
    name: `${id}/livekit`,
    command: binary,
    args: ['--config', config],
    cwd: dir,
    logFile,
    ready: () => answers(`${url}/`),
    // After the first LiveKit waits for participants to leave; the second ends it.
    stopSignals: ['SIGTERM', 'SIGTERM'],
    graceMs: 400,
    stopRank: 1,
  })
  return { url, metricsUrl: `http://${LOOPBACK}:${ports.metrics}/metrics` }
}
