// The test runner itself, in a tree of its own: what must make it fail does, and files run when and as they should.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isAlive, until } from '../../stack/until.ts'
import { type Files, startProgram, tempDir } from '../support.ts'
import { CHECKS, PASSING, TEST, runnerTree, runTests, script } from './runner-tree.ts'

/** Writes its pid and runs until it is killed. */
const ENDLESS =
  "require('fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1e6)"

test('success: checks, tests and the load run are counted, the last line says so, exit code 0', async () => {
  const dir = runnerTree({
    'web/test/a.test.ts': PASSING,
    'web/e2e/b.test.ts': `${PASSING}import '../../deploy/stack/tools/web-build.ts'\n`,
  })
  const { code, output } = await runTests(dir)
  assert.ok(output.endsWith(`\n${CHECKS + 2 + 1} passed, 0 failed\n`), output)
  assert.equal(code, 0)
  assert.equal(readFileSync(join(dir, 'web/dist/index.html'), 'utf8'), 'built\n')
})

test('the summary: a line for each file, the time of each tier, the slowest ten files', async () => {
  const files: Files = Object.fromEntries(
    Array.from({ length: 11 }, (_, i) => [`web/test/file-${i}.test.ts`, PASSING]),
  )
  const slow = `${TEST}test('takes a while', () => new Promise((done) => setTimeout(done, 1_500)))\n`
  const { output } = await runTests(runnerTree({ ...files, 'web/test/slow.test.ts': slow }), ['web'])
  assert.match(output, /^ {2}✓ web\/test\/file-0\.test\.ts +1 passed +\d+\.\d s$/m)
  const [, tiers = '', slowest = ''] =
    /\nTime by tier\n([^]*)\nSlowest files\n([^]*)\n\nTook \d+\.\d s\n\n12 passed/.exec(output) ?? []
  assert.match(tiers, /^ {2}pure +12 files +\d+\.\d s\n$/)
  assert.equal(slowest.trim().split('\n').length, 10)
  assert.match(slowest.trimStart(), /^\d+\.\d s {2}web\/test\/slow\.test\.ts\n/)
})

describe('what ran nothing is a failure', () => {
  test('no test files', async () => {
    const { code, output } = await runTests(runnerTree({}))
    assert.match(output, /✗ no test files were found/)
    assert.ok(output.endsWith(`\n${CHECKS + 1} passed, 1 failed\n`), output)
    assert.equal(code, 1)
  })

  test('a path without tests, and a path that is not there', async () => {
    const dir = runnerTree({ 'web/test/a.test.ts': PASSING, 'edge-agent/test/none.ts': '' })
    const { code, output } = await runTests(dir, ['edge-agent', 'nowhere'])
    assert.match(output, /✗ there is no nowhere\n/)
    assert.match(output, /✗ no test files in edge-agent, nowhere\n/)
    assert.ok(output.endsWith('\n0 passed, 2 failed\n'), output)
    assert.equal(code, 1)
  })

  test('no load run', async () => {
    const dir = runnerTree({
      'web/test/a.test.ts': PASSING,
      'load-tests/scenarios/run.ts': 'process.exit(3)\n',
    })
    const { code, output } = await runTests(dir)
    assert.match(output, /✗ the short load run ended with code 3/)
    assert.ok(output.endsWith(`\n${CHECKS + 1} passed, 1 failed\n`), output)
    assert.equal(code, 1)
  })
})

test('a path narrows the run to its files; a single file is printed with its tests', async () => {
  const dir = runnerTree({
    'web/test/a.test.ts': PASSING,
    'deploy/test/b.test.ts': `${TEST}test('no', () => { throw 1 })\n`,
  })
  const { code, output } = await runTests(dir, ['web'])
  assert.match(output, /\nweb\/test\/a\.test\.ts\n✔ holds /)
  assert.ok(output.endsWith('\n1 passed, 0 failed\n'), output)
  assert.equal(code, 0)
})

test('a failing test, an empty file, a file that hangs and a process left behind are failures, each named', async () => {
  const pidFile = join(tempDir(), 'left.pid')
  const dir = runnerTree({
    'web/test/empty.test.ts': '// nothing yet\n',
    'web/test/fails.test.ts': `${TEST}test('holds water', () => { throw new Error('it leaks') })\n`,
    'web/test/busy.test.ts': `${TEST}test('never yields', () => { for (;;) ; })\n`,
    'web/test/lingers.test.ts': `${TEST}test('is over soon', () => void setInterval(() => {}, 1e6))\n`,
    'web/test/hangs.test.ts': `${TEST}test('waits for ever', () => new Promise(() => setInterval(() => {}, 1e6)))\n`,
    'web/test/leaves.test.ts': `${TEST}import { spawn } from 'node:child_process'
test('starts a helper', () => {
  const args = ['-e', ${JSON.stringify(ENDLESS)}, ${JSON.stringify(pidFile)}]
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
  const pid = Number(readFileSync(pidFile, 'utf8'))
  assert.match(output, new RegExp(`✗ left running: \\S*node -e .*\\(pid ${pid}\\)\\n`))
  await until(() => !isAlive(pid), { what: 'the end of what was left' })
  assert.match(output, /\nFailed files, with their output above\n(  ✗ web\/test\/\w+\.test\.ts\n){5}/)
  assert.match(output, /\n2 passed, 6 failed\n$/)
  assert.equal(code, 1)
})

test('stopped in the middle: it says so, fails, and ends everything that it started', async () => {
  const pidFile = join(tempDir(), 'helper.pid')
  const dir = runnerTree({
    'web/test/long.test.ts': `${TEST}import { openProcessGroup } from '../../deploy/stack/processes/process-group.ts'
test('lasts long', async () => {
  const child = await openProcessGroup().start({
    name: 'helper', command: process.execPath, args: ['-e', ${JSON.stringify(ENDLESS)}, ${JSON.stringify(pidFile)}],
    logFile: ${JSON.stringify(`${pidFile}.log`)}, ready: async () => true, stopRank: 0,
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
  assert.match(run.output(), /✗ stopped before the end\n\nTook \d+\.\d s\n\n\d+ passed, \d+ failed\n$/)
  assert.doesNotMatch(run.output(), /left running/)
  await until(() => !isAlive(pid), { what: 'the end of the helper' })
})

describe('what runs at the same time', () => {
  /** Passes when the other file runs too, or when it does not, for half a second. */
  const meets = (self: string, other: string, expected: boolean, dir: string) => `${TEST}
import assert from 'node:assert/strict'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
const [self, other] = [${JSON.stringify(join(dir, self))}, ${JSON.stringify(join(dir, other))}]
test('${expected ? 'meets' : 'does not meet'} the other', async () => {
  writeFileSync(self, '')
  let met = false
  for (let i = 0; i < ${expected ? 200 : 10} && !met; i++) {
    await new Promise((done) => setTimeout(done, 50))
    met = existsSync(other)
  }
  ${expected ? '' : 'rmSync(self)'}
  assert.equal(met, ${expected})
})
`

  test('pure files run together', async () => {
    const notes = tempDir()
    const dir = runnerTree({
      'web/test/a.test.ts': meets('a', 'b', true, notes),
      'web/test/b.test.ts': meets('b', 'a', true, notes),
    })
    const { output } = await runTests(dir, ['web'])
    assert.ok(output.endsWith('\n2 passed, 0 failed\n'), output)
  })

  test('a file that says so runs alone', async () => {
    const notes = tempDir()
    const dir = runnerTree({
      'web/test/a.test.ts': `// Runs alone: it measures.\n${meets('a', 'b', false, notes)}`,
      'web/test/b.test.ts': meets('b', 'a', false, notes),
    })
    const { output } = await runTests(dir, ['web'])
    assert.ok(output.endsWith('\n2 passed, 0 failed\n'), output)
  })
})

test('a wrong argument is refused with a sentence and the usage; --help gives the usage', async () => {
  const dir = runnerTree({ 'web/test/a.test.ts': PASSING })
  const usage = /^npm test \[-- PATH …\].*\nnpm run soak .*\n$/m
  const wrong: [args: string[], sentence: RegExp][] = [
    [['--teir', 'pure'], /✗ Unknown option '--teir'\.\n/],
    [['--tier', 'nonsense'], /✗ There is no tier “nonsense”\.\n/],
    [['--tier'], /✗ Option '--tier <value>' argument missing\.\n/],
  ]
  for (const [args, sentence] of wrong) {
    const { code, output } = await runTests(dir, args)
    assert.equal(code, 2)
    assert.match(output, sentence)
    assert.match(output, usage)
    assert.doesNotMatch(output, /    at /)
  }
  const help = await runTests(dir, ['--help'])
  assert.equal(help.code, 0)
  assert.match(help.output, usage)
})

test('all processes of a run share one folder of compiled modules, which is gone afterwards', async () => {
  const notes = tempDir()
  const file = (name: string) => `${TEST}
import { existsSync, writeFileSync } from 'node:fs'
import { plainEnv } from '../../deploy/stack/environment.ts'
const dir = plainEnv().NODE_COMPILE_CACHE ?? ''
test('has a folder', () => writeFileSync(${JSON.stringify(notes)} + '/${name}', existsSync(dir) ? dir : 'none'))
`
  const dir = runnerTree({ 'web/test/a.test.ts': file('a'), 'web/test/b.test.ts': file('b') })
  const { output } = await runTests(dir, ['web'], { NODE_COMPILE_CACHE: '' })
  assert.ok(output.endsWith('\n2 passed, 0 failed\n'), output)
  const [a, b] = ['a', 'b'].map((name) => readFileSync(join(notes, name), 'utf8'))
  assert.match(a ?? '', /levee-compiled-/)
  assert.equal(b, a)
  assert.ok(!existsSync(a ?? ''))
})

describe('sizes', () => {
  const size = (dir: string) => `${TEST}
import { writeFileSync } from 'node:fs'
import { soakSize } from '../../deploy/stack/soak.ts'
test('is large', () => writeFileSync(${JSON.stringify(join(dir, 'size'))}, String([soakSize(95), soakSize(95, 20)])))
`
  const sizesOf = async (...args: string[]) => {
    const notes = tempDir()
    const dir = runnerTree({ 'web/test/a.test.ts': PASSING, 'web/test/large.test.ts': size(notes) })
    const { output } = await runTests(dir, args)
    return `${readFileSync(join(notes, 'size'), 'utf8')} ${/\d+ passed, \d+ failed\n$/.exec(output)?.[0]}`
  }

  test('npm test runs a tenth of the large files', async () => {
    assert.equal(await sizesOf('web'), '10,20 2 passed, 0 failed\n')
  })

  test('npm run soak runs those files alone, at full size', async () => {
    assert.equal(await sizesOf('--soak'), '95,95 1 passed, 0 failed\n')
  })
})

describe('a stack that the files of a folder share', () => {
  /** A stack of no processes that notes when it starts and stops. */
  const sharing = (notes: string): Files => {
    const note = (word: string) => `appendFileSync(${JSON.stringify(join(notes, 'notes'))}, '${word} ')`
    const file = (name: string) => `${TEST}import { after, before } from 'node:test'
import { appendFileSync } from 'node:fs'
import { shared } from './shared-stack.ts'
let stack
before(async () => (stack = await shared.open()))
after(() => shared.close())
test('uses it', () => ${note(name)} ?? appendFileSync(${JSON.stringify(join(notes, 'notes'))}, stack.url + ' '))
`
    return {
      'web/e2e/shared-stack.ts': `import { appendFileSync } from 'node:fs'
import { shareStack } from '../../deploy/stack/shared.ts'
let count = 0
export const shared = shareStack(async () => {
  ${note('start')}
  return { url: 'url' + ++count, nodes: [], stop: async () => ${note('stop')} }
})
`,
      'web/e2e/a.test.ts': file('a'),
      'web/e2e/b.test.ts': `// Runs alone: as the other one does.\n${file('b')}`,
      'web/e2e/c.test.ts': file('c'),
    }
  }
  const notesOf = async (...paths: string[]) => {
    const notes = tempDir()
    const { output } = await runTests(runnerTree(sharing(notes)), paths)
    assert.match(output, /\n\d+ passed, 0 failed\n$/)
    return readFileSync(join(notes, 'notes'), 'utf8').trim()
  }

  test('is started once for all of them, and stopped after the last', async () => {
    // The file that runs alone comes in a later phase.
    assert.equal(await notesOf('web'), 'start a url1 c url1 stop start b url1 stop')
  })

  test('that does not start is a failure; the other files run', async () => {
    const files = sharing(tempDir())
    const { code, output } = await runTests(
      runnerTree({
        ...files,
        'web/e2e/shared-stack.ts': `import { shareStack } from '../../deploy/stack/shared.ts'
export const shared = shareStack(() => Promise.reject(new Error('no stack today')))
`,
        'web/test/z.test.ts': PASSING,
      }),
      ['web/test', 'web/e2e/a.test.ts', 'web/e2e/c.test.ts'],
    )
    assert.match(output, /no stack today/)
    assert.match(output, /✗ no stack for web\/e2e\/a\.test\.ts, web\/e2e\/c\.test\.ts\n/)
    assert.match(output, /\n1 passed, 1 failed\n$/)
    assert.equal(code, 1)
  })

  test('is started by a file that runs by itself', async () => {
    assert.equal(await notesOf('web/e2e/a.test.ts'), 'start a url1 stop')
  })
})
