import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const SECRET = /^[A-Za-z0-9_-]{43}$/

/**
 * The secret in this node's reports: 256 random bits in base64url, created once and stored with mode 0600. Rejects with a
 * sentence for the operator when the folder cannot be used or the file contains something else.
 */
export async function nodeSecret(stateDir: string, node: string): Promise<string> {
  const path = join(stateDir, `${node}.secret`)
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 })
    const existing = await read(path)
    if (existing !== undefined) return existing
    // Written to another file and linked: the secret is complete or absent, and of two writers the first wins.
    const draft = `${path}.${randomBytes(6).toString('hex')}`
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
    await link(draft, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
    await rm(draft)
    const created = await read(path)
    if (created === undefined) throw new Error('the file has vanished')
    return created
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`The node secret cannot be stored in LEVEE_STATE_DIR: ${why}.`, { cause: error })
  }
}

async function read(path: string): Promise<string | undefined> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (content === undefined) return undefined
  if (!SECRET.test(content.trim()))
    throw new Error(
      `${path} does not contain a node secret; restore it, or remove the file and choose another LEVEE_NODE_ID`,
    )
  await chmod(path, 0o600)
  return content.trim()
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
