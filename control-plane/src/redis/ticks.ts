import type { Store } from './client.ts'
import type { Script } from './scripts.ts'

/**
 * What each root has told this replica: the highest tick, sent along with what is asked next, lets a Redis that came back
 * with less than it had acknowledged be found out (lua/lib/rewind.lua). Before anything else is asked of a Redis process,
 * it is greeted with it.
 */
export function createTicks(store: Pick<Store, 'run' | 'processOf'>, greet: Script) {
  const highest = new Map<string, number>()
  const greeted = new Map<string, { process: string; done: Promise<unknown> }>()
  const hear = (root: string, tick: number): void => {
    if (tick > (highest.get(root) ?? 0)) highest.set(root, tick)
  }
  const told = (root: string): number => highest.get(root) ?? 0

  /** Undefined when this process was greeted already: the usual case costs no promise. */
  function greetFirst(root: string): Promise<unknown> | undefined {
    const process = store.processOf(root)
    const before = greeted.get(root)
    if (process === undefined || before?.process === process) return before?.done
    const done = store.run(greet, root, [String(told(root)), process]).then(
      (reply) => {
        hear(root, Number((reply as unknown[])[0]))
        const now = greeted.get(root)
        if (now?.process === process) greeted.set(root, { process, done: DONE })
      },
      (error: unknown) => {
        greeted.delete(root)
        throw error
      },
    )
    greeted.set(root, { process, done })
    return done
  }

  return {
    told,
    hear,
    run: async (script: Script, root: string, args: readonly string[]): Promise<unknown> => {
      const first = greetFirst(root)
      if (first !== undefined && first !== DONE) await first
      return store.run(script, root, args)
    },
  }
}

const DONE = Promise.resolve()

export type Ticks = ReturnType<typeof createTicks>
