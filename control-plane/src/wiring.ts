/** Creates every part of the control plane and connects them. Nothing is created elsewhere. */
import { hash, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Config, EnrolmentKey } from './config.ts'
import { buildApp } from './http/app.ts'
import type { App } from './http/route.ts'
import { reachLivekit } from './livekit/probe.ts'
import { joinsLivekit } from './livekit/signal-probe.ts'
import { createTokenSigner } from './livekit/token.ts'
import { requestMetrics } from './metrics/requests.ts'
import { siteMetrics } from './metrics/sites.ts'
import { openRedis, StoreUnavailable } from './redis/connection/client.ts'
import { createStores } from './redis/stores.ts'
import { repeat } from './repeat.ts'
import { createKeyring, sameSecret } from './secrets/keyring.ts'
import { unsealedSecrets } from './secrets/unsealed-secrets.ts'
import { DRAIN_LOOK_MS } from './tuning/nodes.ts'
import { SITES_REFRESH_MS } from './tuning/sites.ts'
import { drainNodes, type DrainNodesDeps } from './use-cases/nodes/drain-nodes.ts'
import { createNodeLoss } from './use-cases/nodes/node-loss.ts'
import { createSiteDirectory } from './use-cases/sites/site-directory.ts'
import {
  closeOperatorSession,
  openOperatorSession,
  operatorSessionOf,
} from './use-cases/operators/sessions.ts'
import { sweepSites, type SweepSitesDeps } from './use-cases/sites/sweep-sites.ts'
import { viewSites } from './use-cases/sites/view-sites.ts'

export type ControlPlane = {
  app: App
  /** Ends the background loops and the connection to Redis, once the app is closed. */
  stop(): void
}

export async function wire(
  config: Config,
  { log, isStopping }: { log: Logger; isStopping: () => boolean },
): Promise<ControlPlane> {
  const redis = openRedis(config.redisUrl, log)
  const stores = createStores(redis, {
    spillTo: () => directory.spillTo(),
    standby: config.standby,
  })
  const directory = createSiteDirectory(stores.sites)
  const events = fleetEvents(log)
  const sweeping = repeat(() => sweepSites({ ...stores, ...events, directory }), {
    pauseMs: SITES_REFRESH_MS,
    failed: events.failed,
  })
  const draining = repeat(() => drainNodes({ ...stores, ...events }), {
    pauseMs: DRAIN_LOOK_MS,
    failed: events.failed,
  })

  const keyring = createKeyring(config.masterKey)
  const { tickets, grants, operatorSessions } = keyring
  const operatorKeyId = keyring.idOf(config.operatorKey)
  const sessions = { operators: stores.operators, operatorKeyId, operatorSessions, randomBytes }
  const unseal = unsealedSecrets(keyring)
  const signToken = createTokenSigner()
  const losses = createNodeLoss({
    ...stores,
    ...events,
    reach: reachLivekit,
    async joins(node) {
      const found = await stores.nodes.credentialsOf(node)
      if (!found) return false
      const apiSecret = unseal(node, found.sealedSecret)
      return joinsLivekit(found.url, signToken({ ...PROBE, apiKey: found.apiKey, apiSecret }))
    },
  })
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  siteMetrics(registry, () => viewSites(stores))

  const app = await buildApp({
    ...httpSettings(config),
    ...stores,
    ...requestMetrics(registry),
    log,
    directory,
    losses,
    nodeSeals: keyring.nodeSeals,
    tickets,
    grants,
    seal: keyring.seal,
    unseal,
    signToken,
    randomBytes,
    newIdentity: randomUUID,
    wait,
    now: Date.now,
    operator: {
      isKey: (key) => sameSecret(key, config.operatorKey),
      sessionOf: (cookie) => operatorSessionOf(sessions, cookie),
      openSession: () => openOperatorSession(sessions),
      closeSession: (cookie) => closeOperatorSession(sessions, cookie),
      https: config.publicUrl.startsWith('https:'),
    },
    operatorKeyId,
    operatorSessions,
    isOperatorKey: (key) => sameSecret(key, config.operatorKey),
    sha256: (text) => hash('sha256', text, 'buffer'),
    challenges: keyring.challenges,
    enrolmentSites: enrolmentSites([{ key: config.enrolmentKey }, ...config.moreEnrolmentKeys]),
    nodeUrlRules: { patterns: config.nodeUrls, requireTls: config.mode === 'production' },
    isMetricsKey: (key) => sameSecret(key, config.metricsKey),
    isStopping,
    isStoreAway: (error) => error instanceof StoreUnavailable,
    async checkReady() {
      await redis.ping()
      // Without the sites, the first participants would be sent to any site.
      if (!directory.isRead()) await directory.refresh()
    },
    metrics: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
  })

  return {
    app,
    stop() {
      sweeping.stop()
      draining.stop()
      redis.destroy()
    },
  }
}

/** A room and a participant of the control plane; no meeting has such a name. */
const PROBE = { roomName: 'control-plane-probe', identity: 'control-plane', name: '', role: 'guest' } as const

/** The sites at which a key lets nodes enrol; `all` of them, or none. Each key is compared, whichever fits. */
const enrolmentSites = (keys: readonly EnrolmentKey[]) => (key: string) => {
  const fitting = keys.filter((one) => sameSecret(key, one.key))
  return fitting.some(({ site }) => site === undefined)
    ? ('all' as const)
    : fitting.flatMap(({ site }) => site ?? [])
}

/** The configuration without its keys: what the HTTP server may know. */
const httpSettings = ({ publicUrl, webDir, cspConnect, trustedProxies, ...config }: Config) => ({
  publicUrl,
  webDir,
  cspConnect,
  trustedProxies,
  roomCreation: config.roomCreation,
  joinsPerMin: config.joinsPerMin,
  creationsPerMin: config.creationsPerMin,
})

const RESTART_STEPS = {
  drained: 'ordered restart: the node is being drained',
  restarted: 'ordered restart: the node is empty, LiveKit is to be restarted',
  back: 'ordered restart: the node serves again',
  skipped: 'ordered restart: the node is absent and is left out',
  ended: 'ordered restart: over',
}

/** Logs what happens in the fleet without a request. */
function fleetEvents(log: Logger) {
  const swept: SweepSitesDeps['swept'] = (site, { silenced, dead, correctedTracks }) => {
    if (silenced > 0) log.warn({ site, nodes: silenced }, 'nodes fell silent and get no new rooms')
    if (dead > 0) log.error({ site, nodes: dead }, 'nodes are given up: their rooms are placed again')
    if (correctedTracks > 0)
      log.warn({ site, tracks: correctedTracks }, 'reservations did not add up and were corrected')
  }
  const stepped: SweepSitesDeps['stepped'] = (site, { step, ...more }) => {
    if (step === 'stuck')
      log.error({ site, ...more }, 'the ordered restart is stuck: an operator has to look')
    else log.info({ site, ...more }, RESTART_STEPS[step])
  }
  const drained: DrainNodesDeps['drained'] = (node, { moved, kept }) => {
    if (moved > 0) log.info({ node, rooms: moved }, 'rooms moved away from a node that is drained')
    if (kept.size > 0) log.warn({ node, ...Object.fromEntries(kept) }, 'rooms that no other node takes now')
  }
  return {
    swept,
    stepped,
    drained,
    condemned: (node: string) =>
      log.error({ node }, 'clients lost this node and it does not answer: it is given up'),
    shutOut: (node: string) =>
      log.error({ node }, 'this node answers but lets nobody in: it gets no more meetings'),
    failed: (error: unknown) => {
      if (!(error instanceof StoreUnavailable)) log.error({ err: error }, 'a background task failed')
    },
  }
}
