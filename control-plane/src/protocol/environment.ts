/**
 * Reads settings from environment variables, for the control plane and the agent. Every fault is reported at once, as one
 * sentence each that names the variable and never repeats its value: it may be a secret.
 */
import { isIP } from 'node:net'
import { resolve } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** A value, or the end of a sentence that begins with the name of the variable. */
export type Parsed<T> = { value: T } | { fault: string }
export type Parse<T> = (text: string) => Parsed<T>

export type EnvironmentReader = {
  /** undefined when the variable is not set. An empty or blank variable counts as not set. */
  optional<T>(name: string, parse: Parse<T>): T | undefined
  withDefault<T>(name: string, parse: Parse<T>, fallback: T): T
  /** `what`: what the variable holds, for the message when it is not set. */
  required<T>(name: string, parse: Parse<T>, what: string): T
  /** For what only several variables together show. `fault`: the end of a sentence that begins with the name. */
  refuse(name: string, fault: string): void
}

/**
 * `define` reads all its variables and returns the configuration. A `LEVEE_` variable that it did not read is a fault:
 * most are typing errors. `owner`: whose settings these are, for that sentence.
 */
export function readEnvironment<Config>(
  env: Environment,
  owner: string,
  define: (read: EnvironmentReader) => Config,
): { config: Config } | { faults: string[] } {
  const faults: string[] = []
  const known = new Set<string>()
  const reader: EnvironmentReader = {
    optional(name, parse) {
      known.add(name)
      const text = env[name]?.trim()
      if (text === undefined || text === '') return undefined
      const parsed = parse(text)
      if ('value' in parsed) return parsed.value
      faults.push(`${name} ${parsed.fault}.`)
      return undefined
    },
    withDefault: (name, parse, fallback) => reader.optional(name, parse) ?? fallback,
    required<T>(name: string, parse: Parse<T>, what: string): T {
      if (!env[name]?.trim()) faults.push(`${name} is missing: ${what}.`)
      // Where this is undefined there is a fault, and then no configuration is returned.
      return reader.optional(name, parse) as T
    },
    refuse: (name, fault) => void faults.push(`${name} ${fault}.`),
  }
  const config = define(reader)
  for (const name of Object.keys(env))
    if (name.startsWith('LEVEE_') && !known.has(name)) faults.push(`${name} is not a setting of ${owner}.`)
  return faults.length > 0 ? { faults } : { config }
}

const ok = <T>(value: T): Parsed<T> => ({ value })
const bad = (fault: string): { fault: string } => ({ fault })

export const matching =
  (pattern: RegExp, fault: string): Parse<string> =>
  (text) =>
    pattern.test(text) ? ok(text) : bad(fault)

export const length =
  (min: number, max: number): Parse<string> =>
  (text) =>
    text.length < min || text.length > max ? bad(`must have ${min} to ${max} characters`) : ok(text)

/** Different characters that a key of 16 random letters has at the least, with a chance of one in a billion to have fewer. */
const DISTINCT_CHARACTERS_MIN = 8

/** Why a key can be guessed; undefined: it looks random. */
export function keyWeakness(key: string): string | undefined {
  if (/password|passw0rd|secret|changeme|change-me|example|levee|admin|qwert|12345|letmein/i.test(key))
    return 'contains a word that is tried first: use random letters, e.g. of openssl rand -base64 24'
  if (new Set(key).size < DISTINCT_CHARACTERS_MIN || /^(.{1,8})\1+.{0,8}$/.test(key))
    return 'repeats itself: use random letters, e.g. of openssl rand -base64 24'
  return undefined
}

export const httpUrl: Parse<URL> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    return bad('must be an http:// or https:// address')
  if (url.username || url.password) return bad('must not carry a user name or password')
  if (url.search || url.hash) return bad('must not carry a query or fragment')
  return ok(url)
}

/** Ends in `/`, so that paths can be resolved against it. */
export const baseUrl: Parse<URL> = (text) => {
  const parsed = httpUrl(text)
  if ('value' in parsed && !parsed.value.pathname.endsWith('/')) parsed.value.pathname += '/'
  return parsed
}

/** As browsers write it: scheme, host and port without a slash. */
export const origin: Parse<string> = (text) => {
  const parsed = httpUrl(text)
  if (!('value' in parsed)) return parsed
  return parsed.value.pathname === '/' ? ok(parsed.value.origin) : bad('must not carry a path')
}

export const port: Parse<number> = (text) =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? ok(Number(text)) : bad('must be a port, 0 to 65535')

const IP_RANGE = /^[0-9A-Fa-f.:]+(\/\d{1,3})?$/
const PREFIX_BITS: Record<number, number> = { 0: -1, 4: 32, 6: 128 }

/** Addresses and CIDR ranges. */
export const ipRanges: Parse<string[]> = (text) => {
  const all = text
    .split(',')
    .map((range) => range.trim())
    .filter(Boolean)
  const isRange = (range: string) => {
    const [address = '', bits = '1'] = range.split('/')
    // Not /0: if every address is trusted, a client can forge the address by which its requests are limited.
    return IP_RANGE.test(range) && Number(bits) >= 1 && Number(bits) <= (PREFIX_BITS[isIP(address)] ?? -1)
  }
  return all.every(isRange) ? ok(all) : bad('must be addresses or CIDR ranges (not /0), comma-separated')
}

/** An absolute path, as the static file server requires. */
export const folder: Parse<string> = (text) =>
  text.length > 4_096 ? bad('must be shorter') : ok(resolve(text))

/** Sources of a content security policy. */
export const cspSources: Parse<string[]> = (text) =>
  /[;,'"]/.test(text) ? bad('must be sources for connect-src, space-separated') : ok(text.split(/\s+/))

export const amount =
  (min: number, max: number): Parse<number> =>
  (text) => {
    const value = /^\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? ok(value) : bad(`must be a number from ${min} to ${max}`)
  }

export const wholeNumber =
  (min: number, max: number): Parse<number> =>
  (text) =>
    /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max
      ? ok(Number(text))
      : bad(`must be a whole number from ${min} to ${max}`)

export const oneOf =
  <T extends string>(...words: T[]): Parse<T> =>
  (text) => {
    const word = words.find((w) => w === text)
    return word === undefined ? bad(`must be one of ${words.join(', ')}`) : ok(word)
  }

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
