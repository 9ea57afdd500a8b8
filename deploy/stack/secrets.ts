// Keys of one appliance: made once, kept in a file that only its owner reads.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Trouble } from '../setup/progress.mjs'

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
  const secrets: Secrets = { ...makeSecrets(), ...knownSecrets(file) }
  for (const node of nodes) nodeKey(secrets, node)
  writePrivate(file, `${JSON.stringify(secrets, null, 2)}\n`)
  return secrets
}

function knownSecrets(file: string): Partial<Secrets> {
  if (!existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>
  } catch {
    // New keys would not open what the old ones sealed.
    throw new Trouble(
      `${file} is damaged: restore it, or move the folder ${dirname(file)} away to begin with new keys and no meetings.`,
    )
  }
}

/** Never readable by others, not even for the moment of writing. */
export function writePrivate(file: string, text: string): void {
  const temp = `${file}.${process.pid}.tmp`
  writeFileSync(temp, text, { mode: 0o600 })
  renameSync(temp, file)
}
