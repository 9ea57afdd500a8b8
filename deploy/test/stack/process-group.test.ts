// Child processes: one process per child, none left after closing, and each crash reported once.
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

/** A script that writes its pid as a line and continues with `then`. */
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

test('restarts requested at the same time run one after the other: one process is left', async () => {
  const child = await processes.start(spec())
  await Promise.all([child.restart(), child.restart(), child.restart()])
  await until(() => pids().includes(child.pid), { what: 'the last one' })
  assert.deepEqual(living(), [child.pid])
})

test('closing during a restart leaves no process', async () => {
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

test('endGracefully waits for as long as the process takes, does not count as a crash, and a restart works afterwards', async () => {
  const listening = join(dir, 'listening')
  const slow =
    "process.on('SIGTERM', () => setTimeout(() => process.exit(0), 2_000)); " +
    `require('fs').writeFileSync(${JSON.stringify(listening)}, ''); ${LIVES}`
  const ready = async () => existsSync(listening)
  const child = await processes.start(spec(slow, { stopSignals: ['SIGKILL'], ready }))
  const crashes: unknown[] = []
  child.onCrash((exit) => crashes.push(exit))
  const startedMs = performance.now()
  assert.deepEqual(await child.endGracefully('SIGTERM'), { code: 0, signal: null })
  assert.ok(performance.now() - startedMs >= 2_000)
  assert.deepEqual(crashes, [])
  await child.restart()
  assert.ok(child.running)
})

test('a process that ends while starting: an error with the end of its log', async () => {
  const ends = spec('console.error("no such setting"); process.exit(3)', { ready: async () => false })
  await assert.rejects(processes.start(ends), (error: UserError) => {
    assert.ok(error instanceof UserError)
    assert.equal(error.message, `part ended while starting (exit code 3), log: ${ends.logFile}`)
    assert.match(error.detail, /no such setting/)
    return true
  })
})

test('a process that never becomes ready is killed; the error says how long it took', async () => {
  const never = spec(LIVES, { ready: async () => false, readyTimeoutMs: 300 })
  await assert.rejects(processes.start(never), /part did not become ready \(.*0\.3 s\), log: /)
})

test('a program that does not exist', async () => {
  await assert.rejects(
    processes.start(spec('', { command: join(dir, 'nothing'), ready: async () => false })),
    /part ended while starting \(exit code 127\)/,
  )
})

test('a crash before the first listener is reported to it', async () => {
  const child = await processes.start(spec())
  child.kill('SIGKILL')
  await child.exited
  const heard = await new Promise((resolve) => child.onCrash(resolve))
  assert.deepEqual(heard, { code: null, signal: 'SIGKILL' })
})

test('a requested stop does not count as a crash', async () => {
  const child = await processes.start(spec())
  const heard: unknown[] = []
  child.onCrash((exit) => heard.push(exit))
  await child.stop()
  await child.restart()
  await child.stop()
  assert.deepEqual(heard, [])
})

test('a process that crashes and then cannot start: one line per attempt, attempts never overlap, pauses grow', async () => {
  const stuck = join(dir, 'stuck')
  const child = await processes.start(
    spec(`require('fs').existsSync(${JSON.stringify(stuck)}) ? process.exit(4) : ${LIVES}`, {
      // A process that exits at once also lives for a moment, but it is not ready then.
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
  assert.equal(pids().length, lines.length, `one process per line: ${lines.join('; ')}`)
})

test('a closed supervisor prints nothing and starts nothing', async () => {
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

test('a large log is rotated at the next start, and only its owner can read it', async () => {
  const logFile = join(dir, 'part.log')
  writeFileSync(logFile, 'x'.repeat(20_000_001), { mode: 0o600 })
  await processes.start(spec())
  assert.equal(statSync(`${logFile}.1`).size, 20_000_001)
  assert.equal(statSync(logFile).size, 0)
  assert.equal(statSync(logFile).mode & 0o777, 0o600)
})
