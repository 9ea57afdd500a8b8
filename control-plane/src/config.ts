/** The environment of the control plane. Nothing else in this package reads `process.env`. */
import {
  cspSources,
  folder,
  ipRanges,
  keyWeakness,
  length,
  LOG_LEVELS,
  matching,
  oneOf,
  origin,
  port,
  readEnvironment,
  wholeNumber,
  type Environment,
  type Parse,
} from './protocol/environment.ts'
import { CREATIONS_PER_MIN, JOINS_PER_MIN } from './protocol/limits.ts'
import { STANDBY_LEVELS } from './protocol/shapes/rooms.ts'

/** Browsers give no camera to pages of plain http. */
const publicOrigin =
  (mode: 'local' | 'production'): Parse<string> =>
  (text) => {
    const parsed = origin(text)
    return mode !== 'local' && 'value' in parsed && parsed.value.startsWith('http:')
      ? { fault: 'must be https outside local mode: browsers give no camera to plain http' }
      : parsed
  }

/** A key that lets nodes enrol. `site`: at this site only; absent: at any. */
export type EnrolmentKey = { key: string; site?: string }

/** Two keys are valid at a time, so that the nodes can change over: one more for all sites, two for each site. */
const enrolmentKeys: Parse<EnrolmentKey[]> = (text) => {
  const keys = text.split(',').map((part): EnrolmentKey => {
    const [, site, siteKey] = /^([a-z0-9-]{1,63})=(.+)$/.exec(part.trim()) ?? []
    return site !== undefined && siteKey !== undefined ? { key: siteKey, site } : { key: part.trim() }
  })
  if (keys.some(({ key }) => key.length < 24 || key.length > 512))
    return { fault: 'must be keys of at least 24 characters, or site=key, comma-separated' }
  for (const [site, ofSite] of Map.groupBy(keys, (one) => one.site))
    if (ofSite.length > (site === undefined ? 1 : 2))
      return {
        fault: 'must hold at most one key for all sites, beside LEVEE_ENROLMENT_KEY, and two for each site',
      }
  return { value: keys }
}

const nodeUrls: Parse<string[]> = (text) => {
  const patterns = text.split(',').map((pattern) => pattern.trim())
  return patterns.every((pattern) => /^wss?:\/\/[a-z0-9.*:[\]-]+\/?$/i.test(pattern))
    ? { value: patterns }
    : { fault: 'must be patterns such as wss://*.edge.example.org, comma-separated' }
}

export type Config = Exclude<ReturnType<typeof readConfig>, { faults: string[] }>['config']

/** The whole configuration, or all its faults, one sentence each. */
export function readConfig(env: Environment) {
  return readEnvironment(env, 'the control plane', ({ required, withDefault, optional, refuse }) => {
    const mode = withDefault('LEVEE_MODE', oneOf('local', 'production'), 'production')
    const config = {
      mode,
      host: withDefault('LEVEE_HOST', length(1, 255), '0.0.0.0'),
      port: withDefault('LEVEE_PORT', port, 8080),
      publicUrl: required(
        'LEVEE_PUBLIC_URL',
        publicOrigin(mode),
        'the address that browsers use, e.g. https://meet.example.org',
      ),
      redisUrl: required(
        'LEVEE_REDIS_URL',
        matching(
          /^rediss?(-cluster|-sentinel)?:\/\//,
          'must be a redis, redis-sentinel or redis-cluster URL',
        ),
        'e.g. redis://redis:6379, redis-sentinel://a:26379,b:26379/primary, redis-cluster://a:6379,b:6379',
      ),
      masterKey: required(
        'LEVEE_MASTER_KEY',
        matching(/^[A-Za-z0-9_-]{43}=?$/, 'must be 32 random bytes in base64url'),
        '32 random bytes in base64url',
      ),
      enrolmentKey: required('LEVEE_ENROLMENT_KEY', length(24, 512), 'at least 24 characters'),
      moreEnrolmentKeys: withDefault('LEVEE_ENROLMENT_KEYS', enrolmentKeys, []),
      nodeUrls: withDefault('LEVEE_NODE_URLS', nodeUrls, []),
      operatorKey: required('LEVEE_OPERATOR_KEY', length(16, 512), 'at least 16 characters'),
      metricsKey: required('LEVEE_METRICS_KEY', length(16, 512), 'at least 16 characters'),
      standby: withDefault('LEVEE_STANDBY', oneOf(...STANDBY_LEVELS), 'off'),
      roomCreation: withDefault('LEVEE_ROOM_CREATION', oneOf('anyone', 'operator'), 'anyone'),
      trustedProxies: withDefault('LEVEE_TRUSTED_PROXIES', ipRanges, []),
      joinsPerMin: withDefault('LEVEE_JOIN_RATE_PER_MIN', wholeNumber(1, 999_999_999), JOINS_PER_MIN),
      creationsPerMin: withDefault(
        'LEVEE_CREATE_RATE_PER_MIN',
        wholeNumber(1, 999_999_999),
        CREATIONS_PER_MIN,
      ),
      webDir: required('LEVEE_WEB_DIR', folder, 'the folder of the built web client'),
      cspConnect: optional('LEVEE_CSP_CONNECT', cspSources),
      logLevel: withDefault('LEVEE_LOG_LEVEL', oneOf(...LOG_LEVELS), 'info'),
    }
    if (mode === 'production') {
      refuseWeakKeys(config, refuse)
      const keys = [config.enrolmentKey, config.operatorKey, config.metricsKey]
      for (const { key } of config.moreEnrolmentKeys) {
        const weakness = keys.includes(key) ? 'has a key that is used twice' : keyWeakness(key)
        if (weakness !== undefined) refuse('LEVEE_ENROLMENT_KEYS', weakness)
        keys.push(key)
      }
    }
    return config
  })
}

const KEYS = {
  enrolmentKey: 'LEVEE_ENROLMENT_KEY',
  operatorKey: 'LEVEE_OPERATOR_KEY',
  metricsKey: 'LEVEE_METRICS_KEY',
} as const

/** Whoever has one of these keys must not have another, or be able to guess it. */
function refuseWeakKeys(
  config: Readonly<Record<keyof typeof KEYS, string | undefined>>,
  refuse: (name: string, fault: string) => void,
): void {
  const seen = new Map<string, string>()
  for (const [field, name] of Object.entries(KEYS)) {
    const key = config[field as keyof typeof KEYS]
    if (key === undefined) continue
    const weakness = keyWeakness(key)
    const other = seen.get(key)
    if (other !== undefined) refuse(name, `is the same key as ${other}: each must be a key of its own`)
    else if (weakness !== undefined) refuse(name, weakness)
    seen.set(key, name)
  }
}
