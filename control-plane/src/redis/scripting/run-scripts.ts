import type { RedisClient } from '../connection/client.ts'
import { createWriteClocks } from '../write-clock.ts'
import {
  answerDecoder,
  argvEncoder,
  type ArgsOf,
  type ItemOf,
  type ReplyOf,
  type ScriptDefinition,
} from './define-script.ts'
import { loadScript, type Includes } from './load-script.ts'
import { registerReplica } from '../scripts/shards.ts'

/** Runs one script in one shard. Throws StoreUnavailable. */
export type RunScript<D> = (
  shardPrefix: string,
  args: ArgsOf<D>,
  items?: readonly ItemOf<D>[],
) => Promise<ReplyOf<D>>

/** Makes a function of a script; throws if the script does not match its definition. */
export type PrepareScript = <const D extends ScriptDefinition>(definition: D) => RunScript<D>

/** Runs scripts on one connection: arguments and answers by name. Sends and reads the write clock with each call. */
export function createScriptRunner(
  redis: Pick<RedisClient, 'run' | 'processIdOf'>,
  includes?: Includes,
): PrepareScript {
  const clocks = createWriteClocks(redis, (shardPrefix, processId) => register(shardPrefix, { processId }))

  function prepare<const D extends ScriptDefinition>(definition: D, isRegistration = false): RunScript<D> {
    const script = loadScript(definition, includes)
    const encode = argvEncoder(definition)
    const decode = answerDecoder(definition)
    const isPerItem = definition.replies === 'per-item'
    return async (shardPrefix, args, items = []) => {
      // No promise in the usual case, in which the process knows this replica.
      const registration = isRegistration ? undefined : clocks.registration(shardPrefix)
      if (registration !== undefined) await registration
      const argv = definition.writeClock ? [String(clocks.highest(shardPrefix))] : []
      const reply = await redis.run(script, shardPrefix, encode(argv, args, items))
      const answer = definition.writeClock ? clocks.advance(shardPrefix, reply) : reply
      return (isPerItem ? (answer as unknown[]).map(decode) : decode(answer)) as ReplyOf<D>
    }
  }

  const register = prepare(registerReplica, true)
  return (definition) => prepare(definition)
}
