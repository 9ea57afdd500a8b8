// What a test file needs is read from its imports, and only that is prepared.
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TOOLS, needsOf } from '../../checks/tests/needs.ts'
import { findTestFiles } from '../../checks/tests/find-files.ts'
import { repoDir } from '../../setup/pins.mjs'
import { type Files, plant, tempDir } from '../support.ts'
import { PASSING, TEST, runnerTree, runTests } from './runner-tree.ts'

/** A machine with the shell's basics and none of the tools, not even Go; nothing is in the cache. */
function bareMachine(programs: Files = {}): NodeJS.ProcessEnv {
  const bin = tempDir()
  const basics = ['sh', 'mkdir', 'cat', 'ps', 'env']
  plant(bin, Object.fromEntries(basics.map((name) => [name, `#!/bin/sh\nexec /bin/${name} "$@"\n`])))
  plant(bin, programs)
  return { PATH: bin, LEVEE_CACHE_DIR: tempDir(), LEVEE_CHROMIUM: '', LEVEE_LIVEKIT: '', LEVEE_K6: '' }
}

test('every tool has its module, and every module there that provides one is a tool', () => {
  const helpers = ['declared.ts', 'find-program.ts', 'go-tool.ts', 'system-tool.ts']
  assert.deepEqual(
    readdirSync(join(repoDir, 'deploy/stack/tools'))
      .filter((name) => !helpers.includes(name))
      .toSorted(),
    Object.values(TOOLS)
      .map((path) => path.slice('deploy/stack/tools/'.length))
      .toSorted(),
  )
})

test('the needs of known test files', () => {
  const known = {
    'web/test/stage/grid-layout.test.ts': 'pure',
    'control-plane/test/config.test.ts': 'pure',
    'control-plane/test/rooms/placement.test.ts': 'parts redis',
    'control-plane/test/model/model.test.ts': 'parts redis soak',
    'edge-agent/test/livekit/livekit-life.test.ts': 'parts livekit',
    'deploy/test/local/start.test.ts': 'parts redis livekit web-build',
    'web/e2e/pages.test.ts': 'browser redis livekit chromium web-build',
  }
  for (const [file, needs] of Object.entries(known)) {
    const { tier, tools, soak } = needsOf(file)
    const words = [tier, ...tools, ...(soak ? ['soak'] : [])]
    assert.equal(words.join(' '), needs, file)
  }
})

test('the needs of every test file can be read', () => {
  const files = findTestFiles([])
  assert.ok(files.length > 80)
  for (const file of files) needsOf(file)
})

test('a pure file runs on a machine without Go and without any tool, and none is looked for', async () => {
  const dir = runnerTree({ 'web/test/a.test.ts': PASSING })
  const bare = await runTests(dir, ['web/test/a.test.ts'], bareMachine())
  assert.ok(bare.output.endsWith('\n1 passed, 0 failed\n'), bare.output)

  const calls = join(tempDir(), 'calls')
  const note = `#!/bin/sh\necho "$0" >> ${calls}\n`
  const tools = ['go', 'apt-get', 'redis-server', 'livekit-server', 'k6', 'chromium']
  const machine = bareMachine(Object.fromEntries(tools.map((name) => [name, note])))
  const { code, output } = await runTests(dir, ['web/test/a.test.ts'], machine)
  assert.equal(code, 0, output)
  assert.ok(!existsSync(calls), 'a tool was called')
  assert.deepEqual(readdirSync(machine['LEVEE_CACHE_DIR'] ?? ''), [])
})

test('on the same machine a file that needs Redis stops with the sentence about Redis', async () => {
  const dir = runnerTree({ 'web/test/a.test.ts': `${PASSING}import '../../deploy/stack/sandbox.ts'\n` })
  plant(dir, {
    'web/test/b.test.ts': `${PASSING}import '../../deploy/stack/control-plane-stack.ts'\n`,
  })
  const without = await runTests(dir, ['web/test/a.test.ts'], bareMachine())
  assert.equal(without.code, 0, without.output)
  const { code, output } = await runTests(dir, ['web/test/b.test.ts'], bareMachine())
  assert.equal(code, 1)
  assert.match(output, /✗ Redis is missing and cannot be installed from here/)
  assert.doesNotMatch(output, /holds/)
})

test('a file that uses a tool without importing it fails: its imports would not tell the runner', async () => {
  const program = "import { ensureRedis } from '../../deploy/stack/tools/redis.ts'\nawait ensureRedis()\n"
  const dir = runnerTree({
    'web/test/start.ts': program,
    'web/test/hidden.test.ts': `${TEST}import { execFileSync } from 'node:child_process'
test('starts it', () => void execFileSync(process.execPath, [import.meta.dirname + '/start.ts'], { stdio: 'pipe' }))
`,
    'web/test/named.test.ts': `${TEST}import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
test('starts it', () => void execFileSync(process.execPath, [fileURLToPath(new URL('start.ts', import.meta.url))]))
`,
  })
  const { output } = await runTests(dir, ['web'])
  assert.match(output, /This test file uses redis, and none of its imports leads there/)
  assert.ok(output.endsWith('\n1 passed, 1 failed\n'), output)
})
