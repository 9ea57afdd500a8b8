import { randomBytes, randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { readConfig } from './config.ts'
import { buildApp } from './http/app.ts'
import { SITES_REFRESH_MS } from './tuning/sites.ts'
import { STOP_GRACE_LOCAL_MS, STOP_GRACE_MS, STOP_LIMIT_MS } from './tuning/http.ts'
import { REPORT_EVERY_MS } from './protocol/limits.ts'
import { reachLivekit } from './livekit/reach.ts'
import { createTokenSigner } from './livekit/token.ts'
import { fleetMetrics } from './metrics/fleet.ts'
import { requestMetrics } from './metrics/requests.ts'
import { openStore, parseRedisUrl, StoreUnavailable } from './redis/connection/client.ts'
import { createFleetStore } from './redis/fleet-store.ts'
import { unsealedSecrets } from './secrets/unsealed-secrets.ts'
import { createKeyring, hashSecret, sameSecret } from './secrets/keyring.ts'
import { adoptRooms } from './use-cases/rooms/adopt-offline-rooms.ts'
import { createRoom } from './use-cases/rooms/create-room.ts'
import { startEmptying } from './use-cases/nodes/drain-nodes.ts'
import { endRoom } from './use-cases/rooms/end-room.ts'
import { joinRoom, rejoinRoom } from './use-cases/rooms/join-room.ts'
import { createLossCheck } from './use-cases/nodes/node-loss.ts'
import { reportNode } from './use-cases/nodes/report-node.ts'
import { beginRestart, stopRestart } from './use-cases/sites/restart-site.ts'
import { setNodeState } from './use-cases/nodes/set-node-state.ts'
import { setSite } from './use-cases/sites/set-site.ts'
import { setStandby } from './use-cases/rooms/set-standby.ts'
import { createSiteBook } from './use-cases/sites/site-directory.ts'
import { startKeeping } from './use-cases/sites/sweep-sites.ts'
import { viewNodes, viewSites } from './use-cases/nodes/view-fleet.ts'
import { viewRoom } from './use-cases/rooms/view-room.ts'

const config = readConfig(process.env)
if ('faults' in config) {
  for (const fault of config.faults) process.stderr.write(`${fault}\n`)
  process.exit(2)
}

const redisUrl = parseRedisUrl(config.LEVEE_REDIS_URL)
if ('fault' in redisUrl) {
  process.stderr.write(`LEVEE_REDIS_URL is not valid: ${redisUrl.fault}\n`)
  process.exit(2)
}

const log = pino({ level: config.LEVEE_LOG_LEVEL, base: { part: 'control-plane' } })
const redis = openStore(config.LEVEE_REDIS_URL, log)
const store = createFleetStore(redis, {
  spillTo: () => book.spillTo(),
  standby: config.LEVEE_STANDBY,
})
const book = createSiteBook(store)
const keyring = createKeyring(config.LEVEE_MASTER_KEY)
const registry = new Registry()
collectDefaultMetrics({ register: registry })
const counted = requestMetrics(registry)
fleetMetrics(registry, () => viewSites(store))

const failed = (what: string) => (error: unknown) => {
  if (!(error instanceof StoreUnavailable)) log.error({ err: error }, what)
}
const losses = createLossCheck({
  store,
  reach: reachLivekit,
  condemned: (node) => log.error({ node }, 'people lost this node and it does not answer: it is given up'),
  failed: failed('a node was not looked at'),
})

const reportDeps = {
  store,
  hash: hashSecret,
  firstReach: losses.firstReach,
  offlinePolicyOf: book.offlinePolicyOf,
  signGrant: keyring.signGrant,
}

const joinDeps = {
  store,
  judge: losses.judge,
  wait: delay,
  newIdentity: randomUUID,
  hash: hashSecret,
  unseal: unsealedSecrets(keyring),
  signToken: createTokenSigner(),
  signTicket: keyring.signTicket,
  readTicket: keyring.readTicket,
  now: Date.now,
}

const RESTART_LINES = {
  drained: 'ordered restart: the node is being emptied',
  restarted: 'ordered restart: the node is empty, LiveKit is to be restarted',
  back: 'ordered restart: the node serves again',
  skipped: 'ordered restart: the node is not there and is left out',
  ended: 'ordered restart: over',
}
const keeping = startKeeping({
  store,
  book,
  everyMs: SITES_REFRESH_MS,
  swept(site, { weeded, dead, mendedTracks }) {
    if (weeded > 0) log.warn({ site, nodes: weeded }, 'nodes fell silent and take no new rooms')
    if (dead > 0) log.error({ site, nodes: dead }, 'nodes are given up: their rooms are placed anew')
    if (mendedTracks > 0) log.warn({ site, tracks: mendedTracks }, 'promises did not add up and were mended')
  },
  stepped(site, { step, ...more }) {
    const said = { site, ...more }
    if (step === 'stuck') log.error(said, 'the ordered restart is stuck: an operator has to look')
    else log.info(said, RESTART_LINES[step])
  },
  failed: failed('sites were not swept'),
})

const emptying = startEmptying({
  store,
  emptied(node, { moved, kept }) {
    if (moved > 0) log.info({ node, rooms: moved }, 'rooms moved away from a node that is emptied')
    if (kept.size > 0) log.warn({ node, ...Object.fromEntries(kept) }, 'rooms that no other node takes now')
  },
  failed: failed('no rooms were moved'),
})

let stopping = false
const graceMs = config.LEVEE_MODE === 'local' ? STOP_GRACE_LOCAL_MS : STOP_GRACE_MS
const app = await buildApp({
  log,
  publicUrl: config.LEVEE_PUBLIC_URL,
  secureCookies: config.LEVEE_PUBLIC_URL.startsWith('https:'),
  webDir: resolve(config.LEVEE_WEB_DIR),
  cspConnect: (
    config.LEVEE_CSP_CONNECT ||
    (config.LEVEE_MODE === 'local'
      ? 'ws://localhost:* ws://127.0.0.1:* http://localhost:* http://127.0.0.1:*'
      : 'wss: https:')
  ).split(/\s+/),
  trustedProxies: config.LEVEE_TRUSTED_PROXIES.split(',')
    .map((s) => s.trim())
    .filter(Boolean),
  roomCreation: config.LEVEE_ROOM_CREATION,
  joinRatePerMin: config.LEVEE_JOIN_RATE_PER_MIN,
  createRatePerMin: config.LEVEE_CREATE_RATE_PER_MIN,
  reportEveryMs: REPORT_EVERY_MS,
  isStopping: () => stopping,
  isStoreAway: (error) => error instanceof StoreUnavailable,
  rooms: {
    create: (input) => createRoom({ store, random: randomBytes, hash: hashSecret }, input),
    view: (input) => viewRoom(store, book, input),
    join: (input) => joinRoom(joinDeps, input),
    rejoin: (input) => rejoinRoom(joinDeps, input),
    setStandby: (input) => setStandby(store, input),
    seatOf: (ticket) => keyring.readTicket(ticket)?.identity ?? null,
    end: (input) => endRoom(store, hashSecret, input),
  },
  tenants: { setStandby: store.setTenantStandby, standby: store.tenantStandby },
  nodes: {
    isEnrolmentKey: (key) => sameSecret(key, config.LEVEE_ENROLMENT_KEY),
    enrol: async ({ apiSecret, nodeSecret, zone = '', ...node }) => {
      losses.firstReach.forget(node.node)
      const answer = await store.enrolNode({
        ...node,
        zone,
        sealedSecret: keyring.seal(node.node, apiSecret),
        secretHash: hashSecret(nodeSecret),
      })
      return answer === 'taken' ? { refused: 'node_id_taken' } : answer
    },
    report: (input) => reportNode(reportDeps, input),
    adopt: (input) => adoptRooms({ store, readGrant: keyring.readGrant, now: Date.now }, input),
    setState: (node, wish) => setNodeState(store, node, wish),
    setSite: (site, settings) => setSite(store, book, site, settings),
    beginRestart: (site) => beginRestart(store, book, site),
    stopRestart: (site) => stopRestart(store, site),
    sites: () => viewSites(store),
    page: (page) => viewNodes(store, page),
  },
  nearest: book.nearest,
  operator: {
    isKey: (key) => sameSecret(key, config.LEVEE_OPERATOR_KEY),
    isSession: keyring.isOperatorSession,
    newSession: keyring.signOperatorSession,
  },
  isMetricsKey: (key) => sameSecret(key, config.LEVEE_METRICS_KEY),
  async ready() {
    await store.ping()
    // Else its first people would be sent to any site.
    if (!book.isRead()) await book.refresh()
  },
  metrics: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
  ...counted,
})

/**
 * Readiness goes off first, while every request is still served: balancers take a moment to notice, and a request
 * that is on its way must not meet a closed door. Then the requests in hand are finished, then the process ends.
 */
async function stop(signal: string): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  log.info({ signal }, 'stopping')
  setTimeout(() => process.exit(1), graceMs + STOP_LIMIT_MS).unref()
  await delay(graceMs)
  await app.close()
  keeping.stop()
  emptying.stop()
  redis.destroy()
  log.info('stopped')
  process.exit(0)
}
process.on('SIGTERM', (signal) => void stop(signal))
process.on('SIGINT', (signal) => void stop(signal))

try {
  await app.listen({ host: config.LEVEE_HOST, port: config.LEVEE_PORT })
} catch (error) {
  const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  log.fatal(
    busy ? { port: config.LEVEE_PORT } : { err: error },
    busy ? 'the port is taken: set LEVEE_PORT to a free one' : 'cannot listen',
  )
  process.exit(1)
}
