// Keys of one installation: generated once, stored in a file that only its owner can read.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../setup/user-error.mjs'

/** In the data folder. */
export const SECRETS_FILE = 'secrets.json'

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

/** Each node has its own key pair: a token for one node is not valid on another. */
export function nodeKey(secrets: Secrets, node: string): LivekitKey {
  return (secrets.nodes[node] ??= { apiKey: `API${randomBytes(6).toString('hex')}`, apiSecret: key(32) })
}

export function loadSecrets(file: string, nodes: readonly string[]): Secrets {
  const secrets: Secrets = { ...makeSecrets(), ...knownSecrets(file) }
  for (const node of nodes) nodeKey(secrets, node)
  writePrivate(file, `${JSON.stringify(secrets, null, 2)}\n`)
  return secrets
}

export function knownSecrets(file: string): Partial<Secrets> {
  if (!existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>
  } catch {
    // New keys could not decrypt the existing data, so none are generated here.
    throw new UserError(
      `${file} is damaged: restore it, or move the folder ${dirname(file)} away to begin with new keys and no meetings.`,
    )
  }
}

/** Writes a file that other users can never read, not even while it is being written. */
export function writePrivate(file: string, text: string): void {
  const temp = `${file}.${process.pid}.tmp`
  writeFileSync(temp, text, { mode: 0o600 })
  renameSync(temp, file)
}
