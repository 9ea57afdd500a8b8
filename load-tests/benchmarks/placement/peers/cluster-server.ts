// A LiveKit that shares a Redis with others: its own cluster mode, which the product does not use.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessGroup } from '../../../../deploy/stack/processes/process-group.ts'
import { livekitConfig } from '../../../../deploy/stack/livekit.ts'
import { type FreePorts, LOOPBACK } from '../../../../deploy/stack/network/free-ports.ts'
import { type LivekitKey, writePrivate } from '../../../../deploy/stack/secrets.ts'
import { answers } from '../../../../deploy/stack/until.ts'

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

/** Stops with the processes. */
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
    // A line for each room would cost the one that is measured.
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
    // The first asks to wait for people to leave, the second not to wait.
    stopSignals: ['SIGTERM', 'SIGTERM'],
    graceMs: 400,
    stopRank: 1,
  })
  return { url, metricsUrl: `http://${LOOPBACK}:${ports.metrics}/metrics` }
}
