import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'

const LOCAL = 'local'

const Config = Type.Object({
  LEVEE_MODE: Type.Enum(['local', 'production'], { default: 'production' }),
  LEVEE_HOST: Type.String({ default: '0.0.0.0', minLength: 1 }),
  LEVEE_PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535 }),
  LEVEE_PUBLIC_URL: Type.String({
    pattern: '^https?://[^/\\s?#]+$',
    description: 'e.g. https://meet.example.org',
  }),
  LEVEE_REDIS_URL: Type.String({
    pattern: '^rediss?(-cluster|-sentinel)?://',
    description:
      'e.g. redis://redis:6379, redis-sentinel://a:26379,b:26379/primary, redis-cluster://a:6379,b:6379',
  }),
  LEVEE_MASTER_KEY: Type.String({
    pattern: '^[A-Za-z0-9_-]{43}=?$',
    description: '32 random bytes in base64url',
  }),
  LEVEE_ENROLMENT_KEY: Type.String({ minLength: 24, description: 'at least 24 characters' }),
  LEVEE_OPERATOR_KEY: Type.String({ minLength: 16, description: 'at least 16 characters' }),
  LEVEE_METRICS_KEY: Type.String({ minLength: 16, description: 'at least 16 characters' }),
  LEVEE_STANDBY: Type.Enum(['off', 'warm', 'sound'], { default: 'off' }),
  LEVEE_ROOM_CREATION: Type.Enum(['anyone', 'operator'], { default: 'anyone' }),
  LEVEE_TRUSTED_PROXIES: Type.String({
    default: '',
    description: 'addresses or CIDR ranges, comma-separated',
  }),
  LEVEE_JOIN_RATE_PER_MIN: Type.Integer({ default: 3000, minimum: 1 }),
  LEVEE_CREATE_RATE_PER_MIN: Type.Integer({ default: 120, minimum: 1 }),
  LEVEE_WEB_DIR: Type.String({ minLength: 1, description: 'folder of the built web client' }),
  LEVEE_CSP_CONNECT: Type.String({ default: '', description: 'sources of edge nodes for connect-src' }),
  LEVEE_LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
  }),
})
export type Config = Static<typeof Config>

/** The whole configuration, or every fault in it at once: one sentence each, values never repeated (they may be secrets). */
export function readConfig(env: Record<string, string | undefined>): Config | { faults: string[] } {
  const faults: string[] = []
  const known = Object.keys(Config.properties)
  const raw: Record<string, unknown> = {}
  for (const name of known) {
    const text = env[name]?.trim()
    if (text) raw[name] = /^-?\d+$/.test(text) && isInteger(name) ? Number(text) : text
  }
  for (const name of Object.keys(env))
    if (name.startsWith('LEVEE_') && !known.includes(name))
      faults.push(`${name} is not a setting of the control plane.`)
  const value = Value.Default(Config, raw) as Record<string, unknown>
  for (const name of known) {
    const schema = Config.properties[name as keyof typeof Config.properties] as Described
    const hint =
      schema.description ?? (schema.enum ? `one of ${schema.enum.join(', ')}` : 'a whole number in range')
    if (value[name] === undefined) faults.push(`${name} is not set: ${hint}.`)
    else if (!Value.Check(Config.properties[name as keyof typeof Config.properties], value[name]))
      faults.push(`${name} is not valid: ${hint}.`)
  }
  if (faults.length > 0) return { faults }
  const config = value as Config
  if (config.LEVEE_MODE !== LOCAL && config.LEVEE_PUBLIC_URL.startsWith('http:'))
    return {
      faults: ['LEVEE_PUBLIC_URL must be https outside local mode: browsers give no camera to plain http.'],
    }
  return config
}

/** What this file reads of a setting's schema. */
type Described = { type?: string; description?: string; enum?: readonly string[] }

function isInteger(name: string): boolean {
  return (Config.properties[name as keyof typeof Config.properties] as Described).type === 'integer'
}
