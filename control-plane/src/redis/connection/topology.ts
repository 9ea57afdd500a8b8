import type { Script } from '../scripting/load-script.ts'
import type { Health } from './health.ts'

/** Which Redis serves a shard, and the connection to it. */
export type Topology = {
  run(script: Script, shardPrefix: string, args: readonly string[]): Promise<unknown>
  /** Run id of the process that `run` would call now (Connection.processId). */
  processIdOf(shardPrefix: string): string | undefined
  /** Resolves only when every primary answers. */
  ping(): Promise<void>
  /** 'up' when every primary is. */
  health(): Health
  /** Called every REDIS_HEARTBEAT_MS. */
  beat(now: number): void
  destroy(): void
}
