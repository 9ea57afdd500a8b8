// Keys of one appliance: made once, kept in a file that only its owner reads.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

export interface LivekitKey {
  apiKey: string
  apiSecret: string
}

export interface Secrets {
  masterKey: string
  enrolmentKey: string
  operatorKey: string
  metricsKey: string
  nodes: Record<string, LivekitKey>
}

const key = (bytes: number) => randomBytes(bytes).toString('base64url')

export function makeSecrets(): Secrets {
  return { masterKey: key(32), enrolmentKey: key(24), operatorKey: key(24), metricsKey: key(24), nodes: {} }
}

/** Each node has a pair of its own: a token for one node is worth nothing on another. */
export function nodeKey(secrets: Secrets, node: string): LivekitKey {
  return (secrets.nodes[node] ??= { apiKey: `API${randomBytes(6).toString('hex')}`, apiSecret: key(32) })
}

export function loadSecrets(file: string, nodes: readonly string[]): Secrets {
  const known: Partial<Secrets> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const secrets: Secrets = { ...makeSecrets(), ...known }
  for (const node of nodes) nodeKey(secrets, node)
  writePrivate(file, `${JSON.stringify(secrets, null, 2)}\n`)
  return secrets
}

/** Never readable by others, not even for the moment of writing. */
export function writePrivate(file: string, text: string): void {
  const temp = `${file}.${process.pid}.tmp`
  writeFileSync(temp, text, { mode: 0o600 })
  renameSync(temp, file)
}
