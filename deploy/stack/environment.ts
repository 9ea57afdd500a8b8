// The environment variables that child processes get.
import { TOOLS_VARIABLE } from './tools/declared.ts'

/**
 * Set by the test runner; every process of a run inherits it, so that leftovers can be found. Not called LEVEE_…,
 * because the control plane and the agent refuse settings that they do not know.
 */
export const RUN_MARK = 'TEST_RUN'

/** Folder in which Node processes share compiled modules: https://nodejs.org/api/cli.html#node_compile_cachedir */
export const COMPILE_CACHE_VARIABLE = 'NODE_COMPILE_CACHE'

const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', COMPILE_CACHE_VARIABLE, RUN_MARK, TOOLS_VARIABLE]

/** The environment that any program needs, without variables of the test runner and secrets of the shell. */
export function plainEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  )
}

/** Environment that sets the wall clock of a Node program off by `offsetMs`. Several offsets alternate every 250 ms. */
export const fakeClockEnv = (...offsetMs: number[]): Record<string, string> => ({
  NODE_OPTIONS: `--import ${new URL('fake-clock.ts', import.meta.url).href}`,
  FAKE_CLOCK_OFFSETS_MS: offsetMs.join(','),
})
