// The test runner itself, in a tree of its own: what must make it fail does.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isAlive, until } from '../../stack/until.ts'
import { type Files, plantTree, plant, runProgram, startProgram } from '../support.ts'

const TEST = "import { test } from 'node:test'\n"
const PASSING = `${TEST}test('holds', () => {})\n`
/** Writes its pid, then lives until somebody ends it. */
const ENDLESS =
  "require('fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1e6)"

/** A checkout whose static checks, web build and load run are stand-ins that succeed at once. */
function tree(files: Files): string {
  const dir = plantTree({ 'load-tests/scenarios/run.ts': '', 'web/check-messages.ts': '', ...files }, [
    'deploy/checks',
    'deploy/setup',
    'deploy/stack',
    'deploy/local',
  ])
  for (const name of ['oxfmt', 'oxlint', 'tsc', 'knip'])
    plant(dir, { [`node_modules/.bin/${name}`]: '#!/bin/sh\necho Finished in 1ms on 999 files\n' })
  plant(dir, {
    'web/node_modules/.bin/vite': '#!/bin/sh\nmkdir -p "$3" && echo built > "$3/index.html"\n',
  })
  return dir
}
const CHECKS = 10

const script = (dir: string) => join(dir, 'deploy/checks/test.ts')
const runTests = (dir: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  runProgram(process.execPath, [script(dir), ...args], { cwd: dir, env })

test('all is well: checks, tests and the load run are counted, the last line says so, exit code 0', async () => {
  const dir = tree({ 'web/test/a.test.ts': PASSING, 'web/e2e/b.test.ts': PASSING })
  const { code, output } = await runTests(dir)
  assert.ok(output.endsWith(`\n${CHECKS + 2 + 1} passed, 0 failed\n`), output)
  assert.equal(code, 0)
  assert.equal(readFileSync(join(dir, 'web/dist/index.html'), 'utf8'), 'built\n')
})

describe('what ran nothing is a failure', () => {
  test('no test files', async () => {
    const { code, output } = await runTests(tree({}))
    assert.match(output, /✗ no test files were found/)
    assert.ok(output.endsWith(`\n${CHECKS + 1} passed, 1 failed\n`), output)
    assert.equal(code, 1)
  })

  test('a path without tests, and a path that is not there', async () => {
    const dir = tree({ 'web/test/a.test.ts': PASSING, 'edge-agent/test/none.ts': '' })
    const { code, output } = await runTests(dir, ['edge-agent', 'nowhere'])
    assert.match(output, /✗ there is no nowhere\n/)
    assert.match(output, /✗ no test files in edge-agent, nowhere\n/)
    assert.ok(output.endsWith('\n0 passed, 2 failed\n'), output)
    assert.equal(code, 1)
  })

  test('no load run', async () => {
    const dir = tree({ 'web/test/a.test.ts': PASSING, 'load-tests/scenarios/run.ts': 'process.exit(3)\n' })
    const { code, output } = await runTests(dir)
    assert.match(output, /✗ the short load run ended with code 3/)
    assert.ok(output.endsWith(`\n${CHECKS + 1} passed, 1 failed\n`), output)
    assert.equal(code, 1)
  })
})

test('a path narrows the run to its files', async () => {
  const dir = tree({
    'web/test/a.test.ts': PASSING,
    'deploy/test/b.test.ts': `${TEST}test('no', () => { throw 1 })\n`,
  })
  const { code, output } = await runTests(dir, ['web'])
  assert.ok(output.endsWith('\n1 passed, 0 failed\n'), output)
  assert.equal(code, 0)
})

test('a failing test, an empty file, a file that hangs and a process left behind are failures, each named', async () => {
  const pidFile = (dir: string) => join(dir, 'left.pid')
  const dir = tree({
    'web/test/empty.test.ts': '// nothing yet\n',
    'web/test/fails.test.ts': `${TEST}test('holds water', () => { throw new Error('it leaks') })\n`,
    'web/test/busy.test.ts': `${TEST}test('never yields', () => { for (;;) ; })\n`,
    'web/test/lingers.test.ts': `${TEST}test('is over soon', () => void setInterval(() => {}, 1e6))\n`,
    'web/test/hangs.test.ts': `${TEST}test('waits for ever', () => new Promise(() => setInterval(() => {}, 1e6)))\n`,
  })
  plant(dir, {
    'web/test/leaves.test.ts': `${TEST}import { spawn } from 'node:child_process'
test('starts a helper', () => {
  const args = ['-e', ${JSON.stringify(ENDLESS)}, ${JSON.stringify(pidFile(dir))}]
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref()
})
`,
  })
  const { code, output } = await runTests(dir, ['web'], { LEVEE_TEST_FILE_TIMEOUT_MS: '1500' })
  assert.match(output, /✗ web\/test\/empty\.test\.ts holds no test\n/)
  assert.match(output, /✖ holds water/)
  assert.match(output, /it leaks/)
  assert.match(output, /waits for ever[^]*timed out after 1500ms/)
  for (const name of ['busy', 'hangs', 'lingers'])
    assert.match(output, new RegExp(`${name}\\.test\\.ts did not end within 3 s and is killed`))
  const pid = Number(readFileSync(pidFile(dir), 'utf8'))
  assert.match(output, new RegExp(`✗ left running: \\S*node -e .*\\(pid ${pid}\\)\\n`))
  await until(() => !isAlive(pid), { what: 'the end of what was left' })
  assert.match(output, /\n2 passed, 6 failed\n$/)
  assert.equal(code, 1)
})

test('stopped in the middle: it says so, fails, and takes everything along', async () => {
  const dir = tree({})
  const pidFile = join(dir, 'helper.pid')
  plant(dir, {
    'web/test/long.test.ts': `${TEST}import { openProcessGroup } from '../../deploy/stack/processes/process-group.ts'
test('lasts long', async () => {
  const child = await openProcessGroup().start({
    name: 'helper', command: process.execPath, args: ['-e', ${JSON.stringify(ENDLESS)}, ${JSON.stringify(pidFile)}],
    logFile: ${JSON.stringify(join(dir, 'helper.log'))}, ready: async () => true, stopRank: 0,
  })
  await child.exited
})
`,
  })
  const run = startProgram(process.execPath, [script(dir), 'web'], { cwd: dir })
  const pid = await until(() => existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8')), {
    what: 'the helper',
  })
  run.kill('SIGINT')
  assert.equal((await run.ended).code, 1)
  assert.match(run.output(), /✗ stopped before the end\n\n\d+ passed, \d+ failed\n$/)
  assert.doesNotMatch(run.output(), /left running/)
  await until(() => !isAlive(pid), { what: 'the end of the helper' })
})
