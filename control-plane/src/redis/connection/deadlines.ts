import { StoreUnavailable } from './unavailable.ts'

/** A promise that is still to be settled; cleared by whoever settles it first. */
export type Waiting = { reject: ((error: Error) => void) | undefined }

type Batch = { closedAt: number; waiting: Waiting[] }

export type Deadlines = {
  add(reject: (error: Error) => void): Waiting
  /** Rejects what has waited for longer than the limit. Called about every 100 ms, which is how exact the limit is. */
  sweep(now: number): void
}

/** One limit for many promises without a timer for each: all that start between two sweeps end together. */
export function createDeadlines(limitMs: number): Deadlines {
  let open: Waiting[] = []
  const closed: Batch[] = []
  return {
    add(reject) {
      const waiting: Waiting = { reject }
      open.push(waiting)
      return waiting
    },
    sweep(now) {
      if (open.length > 0) {
        closed.push({ closedAt: now, waiting: open })
        open = []
      }
      while (closed[0] && now - closed[0].closedAt >= limitMs)
        for (const { reject } of closed.shift()?.waiting ?? [])
          reject?.(new StoreUnavailable('redis did not answer in time'))
    },
  }
}
