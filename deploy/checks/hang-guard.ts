// Loaded into each test file's process: ends it when it is not done in time, whatever keeps it busy. The runner's
// own time-out ends tests, but leaves a process alone that still has a timer or a socket, or that never yields.
import { Worker, isMainThread } from 'node:worker_threads'

const limitMs = Number(new URL(import.meta.url).searchParams.get('ms'))

/** A thread of its own: an endless loop in a test cannot keep it from acting. */
const GUARD = `
const { writeSync } = require('node:fs')
const { workerData: { file, limitMs } } = require('node:worker_threads')
setTimeout(() => {
  writeSync(2, file + ' did not end within ' + limitMs / 1000 + ' s and is killed\\n')
  process.kill(process.pid, 'SIGKILL')
}, limitMs)
`

if (isMainThread)
  new Worker(GUARD, { eval: true, execArgv: [], workerData: { file: process.argv[1], limitMs } }).unref()
