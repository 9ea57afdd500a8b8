import { StoreUnavailable } from './health.ts'

/** A call without an answer yet; the answer or the deadline clears `reject`, whichever comes first. */
export type PendingCall = { reject: ((error: Error) => void) | undefined }

type Batch = { closedAt: number; calls: PendingCall[] }

export type Deadlines = {
  add(reject: (error: Error) => void): PendingCall
  /**
   * Rejects the calls that have waited longer than the limit. Runs with each heartbeat, so the limit is as exact as
   * that.
   */
  rejectExpired(now: number): void
}

/** One limit for many calls without a timer for each: all that start between two heartbeats expire together. */
export function createDeadlines(limitMs: number): Deadlines {
  let open: PendingCall[] = []
  const closed: Batch[] = []
  return {
    add(reject) {
      const call: PendingCall = { reject }
      open.push(call)
      return call
    },
    rejectExpired(now) {
      if (open.length > 0) {
        closed.push({ closedAt: now, calls: open })
        open = []
      }
      while (closed[0] && now - closed[0].closedAt >= limitMs)
        for (const { reject } of closed.shift()?.calls ?? [])
          reject?.(new StoreUnavailable('redis did not answer in time'))
    },
  }
}
