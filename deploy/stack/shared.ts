// A stack that several test files of a folder use one after the other. The folder has a file `shared-stack.ts` that
// exports `shared`; the test runner starts it once for all files that import it. A file that is run by itself starts it.
import type { EdgeNode, Stack } from './stack.ts'

/** Set by the test runner: the stack as JSON. */
export const SHARED_STACK_VARIABLE = 'TEST_SHARED_STACK'

type Addresses = 'url' | 'urls' | 'dataDir' | 'redisUrl' | 'operatorKey' | 'enrolmentKey' | 'metricsKey'

/** The part of a shared stack that a file can use: its addresses and keys, but none of its processes. */
export interface StackView extends Pick<Stack, Addresses> {
  nodes: Pick<EdgeNode, 'id' | 'site' | 'url' | 'key'>[]
}

export interface SharedStack {
  /** For the runner, which stops it too. */
  start(): Promise<Stack>
  /** For test files. */
  open(): Promise<StackView>
  /** Stops the stack unless the runner has started it. */
  close(): Promise<void>
}

export function shareStack(start: () => Promise<Stack>): SharedStack {
  let own: Stack | undefined
  return {
    start,
    async open() {
      const given = process.env[SHARED_STACK_VARIABLE]
      if (given !== undefined) return JSON.parse(given) as StackView
      own = await start()
      return own
    },
    close: async () => own?.stop(),
  }
}

export function viewOf(stack: Stack): StackView {
  const { url, urls, dataDir, redisUrl, operatorKey, enrolmentKey, metricsKey } = stack
  const nodes = stack.nodes.map(({ id, site, url, key }) => ({ id, site, url, key }))
  return { url, urls, dataDir, redisUrl, operatorKey, enrolmentKey, metricsKey, nodes }
}
