// Processes that a test run left behind are found, whatever they do with their titles.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { markRun } from '../../checks/tests/leftovers.ts'
import { RUN_MARK } from '../../stack/environment.ts'
import { startRedis } from '../../stack/redis/redis.ts'
import { openSandbox } from '../../stack/sandbox.ts'
import { ensureRedis } from '../../stack/tools/redis.ts'

test('Redis is found, its watchdog is not named, and nothing is found after its end', async () => {
  const outerMark = process.env[RUN_MARK]
  const leftovers = markRun()
  const { processes, ports, dir, close } = await openSandbox('leftovers')
  try {
    const redis = await startRedis(processes, {
      binary: await ensureRedis(),
      port: await ports.tcp(),
      dir,
      logFile: join(dir, 'redis.log'),
    })
    const found = await leftovers(500)
    assert.deepEqual(
      found.map(({ pid }) => pid),
      [redis.pid],
    )
    await processes.close()
    assert.deepEqual(await leftovers(), [])
  } finally {
    await close()
    if (outerMark !== undefined) process.env[RUN_MARK] = outerMark
  }
})
