import { join } from 'node:path'
import type { Logger } from 'pino'
import { ASSIGNED_EPOCH_TTL_MS } from '../tuning/offline.ts'
import { readGrant, type Grant } from './grant.ts'
import { readJournal, writeJournal, type JournalContent } from './journal-file.ts'

/**
 * The part of offline mode that must outlive a restart of the agent. Changes to `assigned`, `rooms` and `lastEpoch` apply
 * at once and are on disk after `save`.
 */
export type Journal = Pick<JournalContent, 'assigned' | 'rooms'> & {
  lastEpoch: number
  /** undefined: there is none, or it has expired. */
  grant(): Grant | undefined
  /** Ignores a text that is not a grant for this node. */
  setGrant(text: string): void
  /** Resolves when everything up to now is on disk. Never rejects: participants must get in even if the disk is full. */
  save(): Promise<void>
  /** Resolves when pending saves are on disk. */
  saved(): Promise<void>
}

/** Opens `<node>.offline.json` beside the node secret. */
export async function openJournal(options: {
  stateDir: string
  node: string
  log: Logger
  nowMs?: () => number
}): Promise<Journal> {
  const { stateDir, node, log, nowMs = Date.now } = options
  const path = join(stateDir, `${node}.offline.json`)
  const stored = await readJournal(path, log)
  let grant = stored.grant === undefined ? undefined : readGrant(stored.grant, node)
  let queued: Promise<void> | undefined
  let writing = Promise.resolve()
  let failing = false

  const removeExpired = () => {
    const now = nowMs()
    const { assigned, rooms } = journal
    for (const [roomId, { atMs }] of assigned) if (now - atMs > ASSIGNED_EPOCH_TTL_MS) assigned.delete(roomId)
    for (const [roomId, room] of rooms) if (room.expiresAtMs <= now) rooms.delete(roomId)
  }

  const write = async () => {
    try {
      removeExpired()
      const { lastEpoch, assigned, rooms } = journal
      await writeJournal(path, { grant: grant?.text, lastEpoch, assigned, rooms })
      failing = false
    } catch (error) {
      if (!failing) log.error(error, 'the offline journal cannot be saved')
      failing = true
    }
  }

  const journal: Journal = {
    assigned: stored.assigned,
    rooms: stored.rooms,
    lastEpoch: stored.lastEpoch,
    grant: () => (grant && grant.expiresAtMs > nowMs() ? grant : undefined),
    setGrant(text) {
      const received = readGrant(text, node)
      if (!received || text === grant?.text) return
      grant = received
      void journal.save()
    },
    save() {
      // Calls during a write share the next one.
      queued ??= writing.then(() => {
        queued = undefined
        writing = write()
        return writing
      })
      return queued
    },
    saved: () => queued ?? writing,
  }
  return journal
}
