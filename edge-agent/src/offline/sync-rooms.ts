import { OFFLINE_ROOMS_BATCH } from '@levee/control-plane/protocol/limits'
import type { Logger } from 'pino'
import type { OfflineRoomsApi } from '../reporting/control-plane-client.ts'
import type { OfflineRoom } from './journal-file.ts'
import type { Journal } from './journal.ts'

/**
 * Hands meetings that were started offline over to the control plane. To be called after an accepted report: the
 * control plane knows by then where they run, so that joins by link are not sent to another node. Failed calls are
 * retried with the next call. Resolves to true if any room was handed over or given up. Never rejects.
 */
export function roomSync(deps: {
  journal: Journal
  controlPlane: OfflineRoomsApi
  log: Logger
  nowMs?: () => number
}): () => Promise<boolean> {
  const { journal, controlPlane, log, nowMs = Date.now } = deps
  let syncing = false
  let isRefused = false

  /** false: stop for now. */
  const send = async (grant: string, rooms: OfflineRoom[]): Promise<boolean> => {
    const outcome = await controlPlane.sendOfflineRooms(
      {
        grant,
        rooms: rooms.map(({ roomId, title, hostKeyHash, expiresAtMs }) => ({
          roomId,
          title,
          hostKeyHash,
          expiresInSec: Math.max(1, Math.ceil((expiresAtMs - nowMs()) / 1_000)),
        })),
      },
      new AbortController().signal,
    )
    if (outcome.kind === 'ok') {
      isRefused = false
      log.info({ rooms: rooms.length }, 'meetings that were started offline were handed over')
      for (const { roomId } of rooms) markSynced(roomId)
      await journal.save()
      return true
    }
    if (outcome.kind !== 'refused') return false
    if (!isRefused)
      log.error(
        { code: outcome.code, rooms: rooms.map(({ roomId }) => roomId).slice(0, 20) },
        'the control plane refuses meetings that were started offline',
      )
    isRefused = true
    if (outcome.code !== 'offline_grant_refused') return false
    for (const { roomId } of rooms) journal.rooms.delete(roomId)
    await journal.save()
    return true
  }

  /** A meeting that has been ended in the meantime stays ended. */
  const markSynced = (roomId: string) => {
    const room = journal.rooms.get(roomId)
    if (room?.state === 'unsynced') journal.rooms.set(roomId, { ...room, state: 'synced' })
  }

  const unsynced = (): OfflineRoom[] =>
    [...journal.rooms.values()].filter(
      ({ state, expiresAtMs }) => state === 'unsynced' && expiresAtMs > nowMs(),
    )

  return async () => {
    if (syncing) return false
    syncing = true
    let changed = false
    try {
      for (let rest = unsynced(); rest.length > 0; rest = unsynced()) {
        const grant = rest[0]?.grant ?? ''
        const batch = rest.filter((room) => room.grant === grant).slice(0, OFFLINE_ROOMS_BATCH)
        if (!(await send(grant, batch))) break
        changed = true
      }
    } finally {
      syncing = false
    }
    return changed
  }
}
