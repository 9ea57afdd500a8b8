/**
 * Puts what is asked for in the same moment into one call per root: a crowd costs Redis and its client one command
 * instead of hundreds. Answers come back in the order of the items; if the call fails, each item fails with it.
 */
export function batcher<Item, Answer>(options: {
  size: number
  /** How long the first item waits for others; 0: until this turn of the event loop ends. */
  waitMs: number
  /** Calls under way at once, per root; what comes meanwhile waits for the next. Default: any number. */
  atOnce?: number
  call: (root: string, items: Item[]) => Promise<Answer[]>
}): (root: string, item: Item) => Promise<Answer> {
  type Waiting = { resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  type Entry = { item: Item; waiting: Waiting }
  type Queue = { entries: Entry[]; underWay: number; isTimed: boolean }
  const { size, waitMs, atOnce = Infinity } = options
  const queues = new Map<string, Queue>()

  async function send(root: string, queue: Queue): Promise<void> {
    const batch = queue.entries.splice(0, size)
    queue.underWay++
    try {
      const answers = await options.call(
        root,
        batch.map(({ item }) => item),
      )
      batch.forEach(({ waiting }, i) => waiting.resolve(answers[i] as Answer))
    } catch (error) {
      for (const { waiting } of batch) waiting.reject(error)
    }
    queue.underWay--
    // Those who came meanwhile have waited long enough.
    if (queue.entries.length > 0 && !queue.isTimed) flush(root, queue)
  }

  function flush(root: string, queue: Queue): void {
    while (queue.entries.length > 0 && queue.underWay < atOnce) void send(root, queue)
  }

  return (root, item) =>
    new Promise<Answer>((resolve, reject) => {
      let queue = queues.get(root)
      if (!queue) queues.set(root, (queue = { entries: [], underWay: 0, isTimed: false }))
      const mine = queue
      mine.entries.push({ item, waiting: { resolve, reject } })
      if (mine.entries.length >= size) return flush(root, mine)
      if (mine.isTimed) return
      mine.isTimed = true
      const go = () => {
        mine.isTimed = false
        flush(root, mine)
      }
      if (waitMs === 0) setImmediate(go)
      else setTimeout(go, waitMs)
    })
}
