import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RedisClient } from './client.ts'
import { withDeadline } from './client.ts'
import { KEY_ROOT } from './keys.ts'

export type Script = { name: string; source: string; sha: string }

const folder = new URL('./lua/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8')

/** A verb's script with its `-- @include x` lines replaced by lua/lib/x.lua. */
export function loadScript(name: string): Script {
  const source = read(`${name}.lua`).replace(/^-- @include (\S+)$/gm, (_, lib: string) =>
    read(`lib/${lib}.lua`),
  )
  return { name, source, sha: createHash('sha1').update(source).digest('hex') }
}

/**
 * Runs a script in one round trip. Redis forgets scripts when it restarts (NOSCRIPT): then it is sent whole, once.
 * Throws StoreUnavailable when Redis is away.
 */
export async function runScript(client: RedisClient, script: Script, args: string[]): Promise<unknown> {
  const call = { keys: [KEY_ROOT], arguments: args }
  return withDeadline(async () => {
    try {
      return await client.evalSha(script.sha, call)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return client.eval(script.source, call)
    }
  })
}
