// The environment that children get.
import { RUN_MARK } from '../checks/leftovers.ts'

const HANDED_ON = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', RUN_MARK]

/** What any program needs; no test runner's variables, no secrets of the shell. */
export function plainEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    HANDED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  )
}

/** For a Node program whose wall clock is to be wrong by so many ms; by several: the next one every 250 ms. */
export const wrongClock = (...byMs: number[]): Record<string, string> => ({
  NODE_OPTIONS: `--import ${new URL('fake-clock.ts', import.meta.url).href}`,
  WRONG_CLOCK_MS: byMs.join(','),
})
