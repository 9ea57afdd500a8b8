import type { Health } from './link.ts'
import type { Script } from '../scripts.ts'

/** Where the primaries are, and the way to each. */
export type Topology = {
  run(script: Script, root: string, args: readonly string[]): Promise<unknown>
  /** The process that `run` would ask now (Link.process). */
  processOf(root: string): string | undefined
  /** Answers only when every primary answers. */
  ping(): Promise<void>
  /** 'up' when every primary is. */
  health(): Health
  /** Called every BEAT_MS. */
  beat(now: number): void
  destroy(): void
}

/** Redis forgets scripts when it restarts, and a new primary never heard of them. */
export function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
