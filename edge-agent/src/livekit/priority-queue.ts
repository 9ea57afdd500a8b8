/** Runs a task with the given priority; settles as the task does. */
export type PriorityQueue = <T>(priority: 'high' | 'low', task: () => Promise<T>) => Promise<T>

/** Runs at most `concurrency` tasks at a time, in order. No low-priority task starts while a high-priority one waits. */
export function priorityQueue(concurrency: number): PriorityQueue {
  const waiting: Record<'high' | 'low', (() => Promise<void>)[]> = { high: [], low: [] }
  let running = 0

  const next = () => {
    while (running < concurrency) {
      const task = waiting.high.shift() ?? waiting.low.shift()
      if (!task) return
      running += 1
      void task().finally(() => {
        running -= 1
        next()
      })
    }
  }

  return (priority, task) =>
    new Promise((resolve, reject) => {
      waiting[priority].push(() => task().then(resolve, reject))
      next()
    })
}
