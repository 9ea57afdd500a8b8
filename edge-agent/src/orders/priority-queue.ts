/** Runs a task in its lane; settles as the task does. */
export type TwoLanes = <T>(lane: 'urgent' | 'later', task: () => Promise<T>) => Promise<T>

/** At most `atOnce` tasks at a time, in order; as long as an urgent one waits, no later one begins. */
export function twoLanes(atOnce: number): TwoLanes {
  const waiting: Record<'urgent' | 'later', (() => Promise<void>)[]> = { urgent: [], later: [] }
  let running = 0

  const next = () => {
    while (running < atOnce) {
      const task = waiting.urgent.shift() ?? waiting.later.shift()
      if (!task) return
      running += 1
      void task().finally(() => {
        running -= 1
        next()
      })
    }
  }

  return (lane, task) =>
    new Promise((resolve, reject) => {
      waiting[lane].push(() => task().then(resolve, reject))
      next()
    })
}
