import type { Store } from './connection/client.ts'
import type { Script } from './scripts.ts'

/**
 * What each root has told this replica: the highest tick, sent along with what is asked next, lets a Redis that came back
 * with less than it had acknowledged be found out (lua/lib/write-clock.lua). Before anything else is asked of a Redis process,
 * it is greeted with it.
 */
export function createTicks(store: Pick<Store, 'run' | 'processOf'>, greet: Script) {
  const highest = new Map<string, number>()
  /** `done`: undefined once it has answered. */
  const greeted = new Map<string, { process: string; done: Promise<unknown> | undefined }>()
  const hear = (root: string, tick: number): void => {
    if (tick > (highest.get(root) ?? 0)) highest.set(root, tick)
  }
  async function call(script: Script, root: string, args: readonly (string | number)[]): Promise<unknown[]> {
    const reply = await store.run(script, root, [highest.get(root) ?? 0, ...args].map(String))
    const [tick, ...answer] = reply as unknown[]
    hear(root, Number(tick))
    return answer
  }

  /** Undefined when this process was greeted already: the usual case costs no promise. */
  function greetFirst(root: string): Promise<unknown> | undefined {
    const process = store.processOf(root)
    const before = greeted.get(root)
    if (process === undefined || before?.process === process) return before?.done
    const done = call(greet, root, [process]).then(
      () => {
        const now = greeted.get(root)
        if (now?.process === process) greeted.set(root, { process, done: undefined })
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
    /** For scripts that neither ask for the tick nor raise it. */
    run: async (script: Script, root: string, args: readonly string[]): Promise<unknown> => {
      const first = greetFirst(root)
      if (first !== undefined) await first
      return store.run(script, root, args)
    },
    /** For those that take the highest tick told first, and answer with theirs first. */
    ask: async (script: Script, root: string, args: readonly (string | number)[]): Promise<unknown[]> => {
      const first = greetFirst(root)
      if (first !== undefined) await first
      return call(script, root, args)
    },
  }
}

export type Ticks = ReturnType<typeof createTicks>
