// One standalone LiveKit server: its configuration file and its process.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { RELAY_PORTS } from '../setup/tuning.mjs'
import { LOOPBACK } from './network/free-ports.ts'
import type { Child } from './processes/child-spec.ts'
import type { ProcessGroup } from './processes/process-group.ts'
import { type LivekitKey, writePrivate } from './secrets.ts'
import { answers } from './until.ts'

export interface LivekitPorts {
  /** Signalling (WebSocket) and API. */
  signal: number
  rtcUdp: number
  turnUdp: number
  metrics: number
}

export interface LivekitOptions {
  id: string
  binary: string
  ports: LivekitPorts
  key: LivekitKey
  dir: string
  logFile: string
  /** Minimum time between two key-frame requests per layer; 'stock' keeps LiveKit's own 0.5–1 s. */
  pliThrottleMs?: number | 'stock'
}

export function livekitConfig({ ports, key, pliThrottleMs = 100 }: LivekitOptions): object {
  const throttle = `${pliThrottleMs}ms`
  return {
    port: ports.signal,
    bind_addresses: [LOOPBACK],
    keys: { [key.apiKey]: key.apiSecret },
    prometheus: { port: ports.metrics },
    // The agent lists the rooms every two seconds, and a log line for each would hide all others.
    logging: { level: 'info', json: true, component_levels: { api: 'warn' } },
    rtc: {
      // LiveKit can only listen for ICE over TCP on all interfaces; on loopback UDP is enough.
      tcp_port: 0,
      udp_port: ports.rtcUdp,
      node_ip: LOOPBACK,
      use_external_ip: false,
      enable_loopback_candidate: true,
      ips: { includes: [`${LOOPBACK}/32`] },
      ...(pliThrottleMs !== 'stock' && {
        pli_throttle: { low_quality: throttle, mid_quality: throttle, high_quality: throttle },
      }),
    },
    // Without its own TURN server LiveKit gives every browser the public STUN servers of two companies.
    // By default the relay refuses loopback and private addresses.
    turn: {
      enabled: true,
      udp_port: ports.turnUdp,
      bind_addresses: [LOOPBACK],
      relay_range_start: RELAY_PORTS.first,
      relay_range_end: RELAY_PORTS.last,
    },
  }
}

export function startLivekit(
  processes: Pick<ProcessGroup, 'start'>,
  options: LivekitOptions,
): Promise<Child> {
  const { id, binary, dir, logFile, ports } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const config = join(dir, 'livekit.yaml')
  // JSON is valid YAML and needs no quoting rules.
  writePrivate(config, `${JSON.stringify(livekitConfig(options), null, 2)}\n`)
  return processes.start({
    name: `${id}/livekit`,
    command: binary,
    args: ['--config', config],
    cwd: dir,
    logFile,
    ready: () => answers(`http://${LOOPBACK}:${ports.signal}/`),
    // On the first SIGTERM LiveKit waits for participants to leave, on the second it exits.
    stopSignals: ['SIGTERM', 'SIGTERM'],
    graceMs: 400,
    stopRank: 1,
  })
}
