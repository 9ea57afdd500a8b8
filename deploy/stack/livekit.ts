// One standalone LiveKit: its configuration file and its process.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Child, Nursery } from './children.ts'
import { LOOPBACK } from './ports.ts'
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
  /** Least time between two key-frame requests per layer; 'stock' leaves LiveKit's own 0.5–1 s. */
  pliThrottleMs?: number | 'stock'
}

/** Ports of TURN relays; below the range that systems use for outgoing connections. */
const RELAY_RANGE = { relay_range_start: 30_000, relay_range_end: 32_000 }

export function livekitConfig({ ports, key, pliThrottleMs = 100 }: LivekitOptions): object {
  const throttle = `${pliThrottleMs}ms`
  return {
    port: ports.signal,
    bind_addresses: [LOOPBACK],
    keys: { [key.apiKey]: key.apiSecret },
    prometheus: { port: ports.metrics },
    // The agent asks for the rooms every two seconds: a line for each would bury all others.
    logging: { level: 'info', json: true, component_levels: { api: 'warn' } },
    rtc: {
      // LiveKit can listen for ICE over TCP on all interfaces only; on the loopback UDP always gets through.
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
    // Without TURN of its own LiveKit hands every browser the STUN servers of two outside companies.
    // It refuses to relay to loopback and private addresses unless told otherwise.
    turn: { enabled: true, udp_port: ports.turnUdp, bind_addresses: [LOOPBACK], ...RELAY_RANGE },
  }
}

export function startLivekit(nursery: Nursery, options: LivekitOptions): Promise<Child> {
  const { id, binary, dir, logFile, ports } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const config = join(dir, 'livekit.yaml')
  // JSON is YAML, and needs no quoting rules of our own.
  writePrivate(config, `${JSON.stringify(livekitConfig(options), null, 2)}\n`)
  return nursery.start({
    name: `${id}/livekit`,
    command: binary,
    args: ['--config', config],
    cwd: dir,
    logFile,
    ready: () => answers(`http://${LOOPBACK}:${ports.signal}/`),
    // The first asks to wait for people to leave, the second not to wait.
    stopSignals: ['SIGTERM', 'SIGTERM'],
    graceMs: 400,
    stopRank: 1,
  })
}
