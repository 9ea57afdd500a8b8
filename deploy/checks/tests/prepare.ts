// Installs or builds the tools that the chosen test files need.
import type { Tool } from './needs.ts'

/** Imported when they are needed: a run of pure tests does not even look for Go. */
const PREPARE: Readonly<Record<Tool, () => Promise<unknown>>> = {
  redis: async () => (await import('../../stack/tools/redis.ts')).ensureRedis(),
  livekit: async () => (await import('../../stack/tools/livekit.ts')).ensureLivekit(),
  k6: async () => (await import('../../stack/tools/k6.ts')).ensureK6(),
  chromium: async () => (await import('../../stack/tools/chromium.ts')).ensureChromium(),
  'web-build': async () => (await import('../../stack/tools/web-build.ts')).ensureWebBuild(),
}

export async function prepare(tools: Iterable<Tool>): Promise<void> {
  for (const tool of new Set(tools)) await PREPARE[tool]()
}
