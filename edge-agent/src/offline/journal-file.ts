import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Logger } from 'pino'

/** A room that was started on this node while it was offline. */
export type OfflineRoom = {
  roomId: string
  title: string
  hostKeyHash: string
  expiresAtMs: number
  /** The grant under which it was started, as received. */
  grant: string
  /** unsynced: the control plane does not know it yet. synced: it does. ended: its host ended it here. */
  state: 'unsynced' | 'synced' | 'ended'
}

/** The epoch under which a room was opened here, and when a participant was last sent there. */
export type AssignedEpoch = { epoch: number; atMs: number }

export type JournalContent = {
  grant?: string | undefined
  /** The highest epoch ever assigned here. */
  lastEpoch: number
  assigned: Map<string, AssignedEpoch>
  rooms: Map<string, OfflineRoom>
}

type Stored = {
  grant?: string
  lastEpoch: number
  assigned: [string, AssignedEpoch][]
  rooms: OfflineRoom[]
}

/** Replaces the file, mode 0600. It is never half written, not even after a power failure. */
export async function writeJournal(path: string, content: JournalContent): Promise<void> {
  const { grant, lastEpoch, assigned, rooms } = content
  const stored: Stored = {
    ...(grant !== undefined && { grant }),
    lastEpoch,
    assigned: [...assigned],
    rooms: [...rooms.values()],
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(stored))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path).catch(async (error: unknown) => {
    await rm(draft, { force: true })
    throw error
  })
}

/** An empty journal when there is no file yet, or one that cannot be read; the latter is logged. */
export async function readJournal(path: string, log: Logger): Promise<JournalContent> {
  try {
    const { grant, lastEpoch, assigned, rooms } = JSON.parse(await readFile(path, 'utf8')) as Stored
    return {
      grant,
      lastEpoch,
      assigned: new Map(assigned),
      rooms: new Map(rooms.map((room) => [room.roomId, room])),
    }
  } catch (error) {
    const isFirst = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isFirst) log.error({ path }, 'the offline journal cannot be read: a new one is started')
    return { lastEpoch: 0, assigned: new Map(), rooms: new Map() }
  }
}
