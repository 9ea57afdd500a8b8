import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { readRules, type Rules } from './grant.ts'
import { GIVEN_HOLDS_MS } from '../tuning/offline.ts'

/**
 * A room that was started here while cut off. `rules`: by which it was. `untold`: the control plane does not know of it
 * yet. `told`: it does; kept for the next time. `ended`: its host ended it here.
 */
export type MadeRoom = {
  roomId: string
  title: string
  hostKeyHash: string
  expiresAtMs: number
  rules: string
  state: 'untold' | 'told' | 'ended'
}

/** The epoch under which a room was opened here, and when somebody was last sent there. */
type Given = { epoch: number; atMs: number }

type Kept = {
  rules?: string
  /** The highest epoch ever given here. */
  lastEpoch: number
  given: Map<string, Given>
  made: Map<string, MadeRoom>
}

/** What of a cut-off branch must outlive a restart of its agent. Changes are in force at once and on disk after `save`. */
export type Book = Pick<Kept, 'given' | 'made'> & {
  lastEpoch: number
  /** undefined: none, or they are over. */
  rules(): Rules | undefined
  /** Ignores what is none for this node. */
  setRules(text: string): void
  /** Resolves when everything up to now is on disk. Never rejects: a full disk must not keep people out. */
  save(): Promise<void>
  /** Resolves when what was to be saved is. */
  saved(): Promise<void>
}

/** `<node>.alone.json` beside the node secret, mode 0600. One that cannot be read is told of, and begun anew. */
export async function openBook(options: {
  stateDir: string
  node: string
  log: Logger
  nowMs?: () => number
}): Promise<Book> {
  const { stateDir, node, log, nowMs = Date.now } = options
  const path = join(stateDir, `${node}.alone.json`)
  const kept = await load(path, log)
  let rules = kept.rules === undefined ? undefined : readRules(kept.rules, node)
  let queued: Promise<void> | undefined
  let writing = Promise.resolve()
  let failing = false

  const content = (): string => {
    const now = nowMs()
    for (const [roomId, { atMs }] of book.given) if (now - atMs > GIVEN_HOLDS_MS) book.given.delete(roomId)
    for (const [roomId, room] of book.made) if (room.expiresAtMs <= now) book.made.delete(roomId)
    return JSON.stringify({
      rules: rules?.text,
      lastEpoch: book.lastEpoch,
      given: [...book.given],
      made: [...book.made.values()],
    })
  }

  const write = async () => {
    try {
      await mkdir(stateDir, { recursive: true, mode: 0o700 })
      await replace(path, content())
      failing = false
    } catch (error) {
      if (!failing) log.error(error, 'what this branch does while cut off cannot be kept on disk')
      failing = true
    }
  }

  const book: Book = {
    given: kept.given,
    made: kept.made,
    lastEpoch: kept.lastEpoch,
    rules: () => (rules && rules.expiresAtMs > nowMs() ? rules : undefined),
    setRules(text) {
      const read = readRules(text, node)
      if (!read || text === rules?.text) return
      rules = read
      void book.save()
    },
    save() {
      // Whoever comes while one is being written shares the next.
      queued ??= writing.then(() => {
        queued = undefined
        writing = write()
        return writing
      })
      return queued
    },
    saved: () => queued ?? writing,
  }
  return book
}

/** Whole or not at all, also when the power goes. */
async function replace(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(aside, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path).catch(async (error: unknown) => {
    await rm(aside, { force: true })
    throw error
  })
}

async function load(path: string, log: Logger): Promise<Kept> {
  const empty: Kept = { lastEpoch: 0, given: new Map(), made: new Map() }
  try {
    const text = await readFile(path, 'utf8')
    const { rules, lastEpoch, given, made } = JSON.parse(text) as {
      rules?: string
      lastEpoch: number
      given: [string, Given][]
      made: MadeRoom[]
    }
    return {
      ...(rules !== undefined && { rules }),
      lastEpoch,
      given: new Map(given),
      made: new Map(made.map((room) => [room.roomId, room])),
    }
  } catch (error) {
    const isFirst = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isFirst) log.error({ path }, 'what was kept of the time while cut off cannot be read: begun anew')
    return empty
  }
}
