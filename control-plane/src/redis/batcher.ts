/**
 * Puts what is asked for in the same moment into one call per root: a crowd costs Redis and its client one command
 * instead of hundreds. Answers come back in the order of the items; if the call fails, each item fails with it.
 */
export function batcher<Item, Answer>(options: {
  size: number
  /** How long the first item waits for others; 0: until this turn of the event loop ends. */
  waitMs: number
  call: (root: string, items: Item[]) => Promise<Answer[]>
}): (root: string, item: Item) => Promise<Answer> {
  type Waiting = { resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  type Batch = { items: Item[]; waiting: Waiting[] }
  const open = new Map<string, Batch>()

  async function send(root: string, batch: Batch): Promise<void> {
    if (open.get(root) === batch) open.delete(root)
    try {
      const answers = await options.call(root, batch.items)
      batch.waiting.forEach(({ resolve }, i) => resolve(answers[i] as Answer))
    } catch (error) {
      for (const { reject } of batch.waiting) reject(error)
    }
  }

  return (root, item) =>
    new Promise<Answer>((resolve, reject) => {
      let batch = open.get(root)
      if (!batch) {
        const fresh: Batch = (batch = { items: [], waiting: [] })
        open.set(root, fresh)
        const go = () => {
          if (open.get(root) === fresh) void send(root, fresh)
        }
        if (options.waitMs === 0) setImmediate(go)
        else setTimeout(go, options.waitMs)
      }
      batch.items.push(item)
      batch.waiting.push({ resolve, reject })
      if (batch.items.length >= options.size) void send(root, batch)
    })
}
