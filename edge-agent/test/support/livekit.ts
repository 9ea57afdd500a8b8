/** A real LiveKit as a child process. */
import { join } from 'node:path'
import { startLivekit as launchLivekit } from '../../../deploy/stack/livekit.ts'
import { ensureLivekit } from '../../../deploy/stack/tools/livekit.ts'
import { API_KEY, API_SECRET, testDir, processes, ports, uniqueName } from './workplace.ts'

export type Livekit = {
  url: string
  metricsUrl: string
  /** Sends a signal to LiveKit; returns the monotonic time just before. */
  signal(name: NodeJS.Signals): number
  /** Resolves when the present process ends. */
  ended(): Promise<unknown>
  /** Starts LiveKit again on the same ports, after it exited. */
  restart(): Promise<void>
}

/** A real LiveKit on free loopback ports; resolves when it answers. */
export async function startLivekit(): Promise<Livekit> {
  const id = uniqueName('livekit')
  const own = {
    signal: await ports.tcp(),
    metrics: await ports.tcp(),
    rtcUdp: await ports.udp(),
    turnUdp: await ports.udp(),
  }
  const child = await launchLivekit(processes, {
    id,
    binary: await ensureLivekit(),
    ports: own,
    key: { apiKey: API_KEY, apiSecret: API_SECRET },
    dir: join(testDir, id),
    logFile: join(testDir, `${id}.log`),
  })
  return {
    url: `http://127.0.0.1:${own.signal}`,
    metricsUrl: `http://127.0.0.1:${own.metrics}/metrics`,
    signal(name) {
      const atMs = performance.now()
      child.kill(name)
      return atMs
    },
    ended: () => child.exited,
    restart: () => child.restart(),
  }
}
