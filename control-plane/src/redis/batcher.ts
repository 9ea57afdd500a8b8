/**
 * Collects items that arrive at the same moment into one call per shard: a burst then costs Redis and its client one
 * command instead of hundreds. Answers come back in the order of the items; if a call fails, each of its items fails
 * with it, unless one of them may be to blame. There is one queue per shard, 1,023 at most; the time limit of the calls under way bounds how long items
 * wait in it.
 */
export function batcher<Item, Answer>(options: {
  /** Most items in one call. */
  size: number
  /** How long the first item waits for others; 0: until this turn of the event loop ends. */
  waitMs: number
  /** Calls under way at once, per shard; items that arrive meanwhile wait for the next. Default: no limit. */
  atOnce?: number
  call: (shardPrefix: string, items: Item[]) => Promise<Answer[]>
  /** Whether one item may have made the call fail, without effect: then each gets a call of its own. Default: never. */
  isOfOneItem?: (error: unknown) => boolean
}): (shardPrefix: string, item: Item) => Promise<Answer> {
  type Entry = { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  type Queue = { entries: Entry[]; underWay: number; isTimed: boolean }
  const { size, waitMs, atOnce = Infinity, isOfOneItem = () => false } = options
  const queues = new Map<string, Queue>()

  async function send(shardPrefix: string, queue: Queue): Promise<void> {
    const batch = queue.entries.splice(0, size)
    queue.underWay++
    try {
      const answers = await options.call(
        shardPrefix,
        batch.map(({ item }) => item),
      )
      batch.forEach(({ resolve }, i) => resolve(answers[i] as Answer))
    } catch (error) {
      if (batch.length > 1 && isOfOneItem(error)) await sendOneByOne(shardPrefix, batch)
      else for (const { reject } of batch) reject(error)
    }
    queue.underWay--
    // Items that arrived during the call have waited long enough.
    if (queue.entries.length > 0 && !queue.isTimed) flush(shardPrefix, queue)
  }

  async function sendOneByOne(shardPrefix: string, batch: readonly Entry[]): Promise<void> {
    for (const { item, resolve, reject } of batch)
      await options.call(shardPrefix, [item]).then(([answer]) => resolve(answer as Answer), reject)
  }

  function flush(shardPrefix: string, queue: Queue): void {
    while (queue.entries.length > 0 && queue.underWay < atOnce) void send(shardPrefix, queue)
  }

  return (shardPrefix, item) =>
    new Promise<Answer>((resolve, reject) => {
      let queue = queues.get(shardPrefix)
      if (!queue) queues.set(shardPrefix, (queue = { entries: [], underWay: 0, isTimed: false }))
      const mine = queue
      mine.entries.push({ item, resolve, reject })
      if (mine.entries.length >= size) return flush(shardPrefix, mine)
      if (mine.isTimed) return
      mine.isTimed = true
      const go = () => {
        mine.isTimed = false
        flush(shardPrefix, mine)
      }
      if (waitMs === 0) setImmediate(go)
      else setTimeout(go, waitMs)
    })
}
