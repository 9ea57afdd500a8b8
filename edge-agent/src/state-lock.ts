import { join } from 'node:path'
import type { Logger } from 'pino'
import { lock } from 'proper-lockfile'
import {
  STATE_LOCK_RETRIES,
  STATE_LOCK_RETRY_EVERY_MS,
  STATE_LOCK_STALE_AFTER_MS,
  STATE_LOCK_UPDATE_EVERY_MS,
} from './tuning/process.ts'

/**
 * Locks the state of a node (`<node>.lock` in its folder), so that a second agent cannot report under the same identity.
 * Held until the process ends. Waits a few seconds for the lock of an agent that was killed; rejects with a sentence for
 * the operator when another agent is running, or when the folder, which has to exist, cannot be used.
 */
export async function lockState(stateDir: string, node: string, log: Logger): Promise<void> {
  try {
    await lock(join(stateDir, node), {
      // There is no file of this name, only the lock.
      realpath: false,
      stale: STATE_LOCK_STALE_AFTER_MS,
      update: STATE_LOCK_UPDATE_EVERY_MS,
      retries: {
        retries: STATE_LOCK_RETRIES,
        factor: 1,
        minTimeout: STATE_LOCK_RETRY_EVERY_MS,
        maxTimeout: STATE_LOCK_RETRY_EVERY_MS,
      },
      // A node with meetings on it keeps running: a full disk also ends up here.
      onCompromised: (error) => log.error({ reason: error.message }, 'the lock on LEVEE_STATE_DIR was lost'),
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED')
      throw new Error(
        `Another agent runs as ${node} with this LEVEE_STATE_DIR: stop it, or give each agent its own LEVEE_NODE_ID.`,
        { cause: error },
      )
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`LEVEE_STATE_DIR cannot be locked: ${why}.`, { cause: error })
  }
}
