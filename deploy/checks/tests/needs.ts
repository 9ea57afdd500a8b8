// What a test file needs, read from its import graph: nothing has to be declared, so nothing can be declared wrongly.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reachableFrom } from '../../lint/import-graph.ts'
import { repoDir } from '../../setup/pins.mjs'

/** Each tool is provided by one module, and there is no other way to it. */
export const TOOLS = {
  redis: 'deploy/stack/tools/redis.ts',
  livekit: 'deploy/stack/tools/livekit.ts',
  k6: 'deploy/stack/tools/k6.ts',
  chromium: 'deploy/stack/tools/chromium.ts',
  'web-build': 'deploy/stack/tools/web-build.ts',
} as const

export type Tool = keyof typeof TOOLS

/** pure: Node alone. parts: real Redis, LiveKit or k6 as child processes. browser: Chromium and the built client. */
export const TIERS = ['pure', 'parts', 'browser'] as const
export type Tier = (typeof TIERS)[number]

export interface Needs {
  tools: readonly Tool[]
  tier: Tier
  /** Nothing else may run at the same time. */
  alone: boolean
  /** Has a larger size in `npm run soak`. */
  soak: boolean
  /** The module of the stack that it shares with other files. */
  sharedStack: string | undefined
}

const SOAK = 'deploy/stack/soak.ts'
/** A line in a test file: `// Runs alone: its times are measured.` */
const ALONE = /^\/\/ Runs alone: \S.*/m

export function needsOf(file: string): Needs {
  const { files } = reachableFrom(file)
  const tools = (Object.keys(TOOLS) as Tool[]).filter((tool) => files.has(TOOLS[tool]))
  const tier = tools.includes('chromium') ? 'browser' : tools.length > 0 ? 'parts' : 'pure'
  const alone = ALONE.test(readFileSync(join(repoDir, file), 'utf8'))
  const sharedStack = [...files].find((path) => path.endsWith('/shared-stack.ts'))
  return { tools, tier, alone, soak: files.has(SOAK), sharedStack }
}
