import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { readConfig } from './config.ts'
import { parseRedisUrl } from './redis/connection/redis-url.ts'
import { STOP_GRACE_LOCAL_MS, STOP_GRACE_MS, STOP_LIMIT_MS } from './tuning/http.ts'
import { wire } from './wiring.ts'

const read = readConfig(process.env)
if ('faults' in read) fail(read.faults)
const { config } = read
const redisUrl = parseRedisUrl(config.redisUrl)
if ('fault' in redisUrl) fail([`LEVEE_REDIS_URL is not valid: ${redisUrl.fault}`])

const log = pino({ level: config.logLevel, base: { part: 'control-plane' } })
const graceMs = config.mode === 'local' ? STOP_GRACE_LOCAL_MS : STOP_GRACE_MS
let stopping = false
const controlPlane = await wire(config, { log, isStopping: () => stopping })
process.on('SIGTERM', (signal) => void stop(signal))
process.on('SIGINT', (signal) => void stop(signal))
await listen()

async function listen(): Promise<void> {
  try {
    await controlPlane.app.listen({ host: config.host, port: config.port })
  } catch (error) {
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    log.fatal(
      busy ? { port: config.port } : { err: error },
      busy ? 'the port is taken: set LEVEE_PORT to a free one' : 'cannot listen',
    )
    process.exit(1)
  }
}

/**
 * The replica first reports that it is not ready, but still serves every request: load balancers take a moment to notice,
 * and a request that is already on its way must not find a closed port. Then it finishes open requests and exits.
 */
async function stop(signal: string): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  log.info({ signal }, 'stopping')
  setTimeout(() => process.exit(1), graceMs + STOP_LIMIT_MS).unref()
  await delay(graceMs)
  await controlPlane.app.close()
  controlPlane.stop()
  log.info('stopped')
  process.exit(0)
}

/** The configuration must be corrected first; a restart would not help. */
function fail(faults: readonly string[]): never {
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  process.exit(2)
}
