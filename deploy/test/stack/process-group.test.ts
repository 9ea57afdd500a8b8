// Child processes: never two for one, never one too many after the end, and each crash told once.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { ChildSpec } from '../../stack/processes/child-spec.ts'
import { type ProcessGroup, openProcessGroup } from '../../stack/processes/process-group.ts'
import { UserError } from '../../setup/user-error.mjs'
import { supervise } from '../../stack/processes/supervisor.ts'
import { isAlive, until } from '../../stack/until.ts'
import { tempDir } from '../support.ts'

let processes: ProcessGroup
let dir: string
beforeEach(() => {
  processes = openProcessGroup()
  dir = tempDir()
})
afterEach(() => processes.close())

/** Writes its pid as a line, then does what it is told. */
const script = (then: string) =>
  `require('fs').appendFileSync(${JSON.stringify(join(dir, 'pids'))}, process.pid + '\\n'); ${then}`
const pids = () => readFileSync(join(dir, 'pids'), 'utf8').trim().split('\n').map(Number)
const living = () => pids().filter(isAlive)

const LIVES = 'setInterval(() => {}, 1e6)'
const spec = (then = LIVES, more: Partial<ChildSpec> = {}): ChildSpec => ({
  name: 'part',
  command: process.execPath,
  args: ['-e', script(then)],
  logFile: join(dir, 'part.log'),
  ready: async () => pids().length > 0,
  stopRank: 0,
  ...more,
})

test('restarts that come together are done one after the other: one process is left', async () => {
  const child = await processes.start(spec())
  await Promise.all([child.restart(), child.restart(), child.restart()])
  await until(() => pids().includes(child.pid), { what: 'the last one' })
  assert.deepEqual(living(), [child.pid])
})

test('closing in the middle of a restart leaves nothing', async () => {
  const child = await processes.start(spec())
  child.kill('SIGKILL')
  await child.exited
  const again = child.restart().then(
    () => 'started',
    () => 'refused',
  )
  await processes.close()
  assert.equal(await again, 'refused')
  await until(() => living().length === 0, { what: 'no process' })
  await assert.rejects(processes.start(spec()), /everything is being stopped/)
})

test('endGracefully waits for as long as the part takes, is no crash, and a restart brings it back', async () => {
  const slow = "process.on('SIGTERM', () => setTimeout(() => process.exit(0), 2_000)); " + LIVES
  const child = await processes.start(spec(slow, { stopSignals: ['SIGKILL'] }))
  const crashes: unknown[] = []
  child.onCrash((exit) => crashes.push(exit))
  const startedMs = performance.now()
  assert.deepEqual(await child.endGracefully('SIGTERM'), { code: 0, signal: null })
  assert.ok(performance.now() - startedMs >= 2_000)
  assert.deepEqual(crashes, [])
  await child.restart()
  assert.ok(child.running)
})

test('a part that ends while starting is refused with the end of its log', async () => {
  const ends = spec('console.error("no such setting"); process.exit(3)', { ready: async () => false })
  await assert.rejects(processes.start(ends), (error: UserError) => {
    assert.ok(error instanceof UserError)
    assert.equal(error.message, `part ended while starting (exit code 3), log: ${ends.logFile}`)
    assert.match(error.detail, /no such setting/)
    return true
  })
})

test('a part that never becomes ready is ended and says how long it was waited for', async () => {
  const never = spec(LIVES, { ready: async () => false, readyTimeoutMs: 300 })
  await assert.rejects(processes.start(never), /part did not become ready \(.*0\.3 s\), log: /)
})

test('a program that is not there', async () => {
  await assert.rejects(
    processes.start(spec('', { command: join(dir, 'nothing'), ready: async () => false })),
    /part ended while starting \(exit code 127\)/,
  )
})

test('a crash before anybody listened is told to the first who does', async () => {
  const child = await processes.start(spec())
  child.kill('SIGKILL')
  await child.exited
  const heard = await new Promise((resolve) => child.onCrash(resolve))
  assert.deepEqual(heard, { code: null, signal: 'SIGKILL' })
})

test('a deliberate stop is no crash', async () => {
  const child = await processes.start(spec())
  const heard: unknown[] = []
  child.onCrash((exit) => heard.push(exit))
  await child.stop()
  await child.restart()
  await child.stop()
  assert.deepEqual(heard, [])
})

test('a part that crashes and then cannot start: each try is one line, tries never overlap, pauses grow', async () => {
  const stuck = join(dir, 'stuck')
  const child = await processes.start(
    spec(`require('fs').existsSync(${JSON.stringify(stuck)}) ? process.exit(4) : ${LIVES}`, {
      // A stuck one lives for a moment too, and is not ready in it.
      ready: async () => !existsSync(stuck) && living().length > 0,
    }),
  )
  const lines: string[] = []
  const supervisor = supervise((line) => lines.push(line))
  supervisor.watch(child)
  writeFileSync(stuck, '')
  child.kill('SIGKILL')
  await until(() => lines.length >= 3, { what: 'two more tries' })
  supervisor.close()
  assert.equal(lines[0], '✗ part ended (killed by SIGKILL); starting it again in 0.25 s')
  assert.equal(pids().length, lines.length, 'one process for each line')
})

test('a supervisor that is closed is silent and starts nothing', async () => {
  const child = await processes.start(spec())
  const lines: string[] = []
  const supervisor = supervise((line) => lines.push(line))
  supervisor.watch(child)
  supervisor.close()
  child.kill('SIGKILL')
  await child.exited
  await processes.close()
  assert.deepEqual(lines, [])
  assert.equal(pids().length, 1)
})

test('a log that has grown large is put aside at the next start, and only its owner reads it', async () => {
  const logFile = join(dir, 'part.log')
  writeFileSync(logFile, 'x'.repeat(20_000_001), { mode: 0o600 })
  await processes.start(spec())
  assert.equal(statSync(`${logFile}.1`).size, 20_000_001)
  assert.equal(statSync(logFile).size, 0)
  assert.equal(statSync(logFile).mode & 0o777, 0o600)
})
