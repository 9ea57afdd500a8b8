// Loaded into the process of each test file: kills it when it has not ended in time, whatever keeps it busy. The timeout
// of Node's test runner ends tests, but not a process that still has a timer or a socket, or that never yields.
import { Worker, isMainThread } from 'node:worker_threads'

const limitMs = Number(new URL(import.meta.url).searchParams.get('ms'))

/** In a thread of its own, so that an endless loop in a test cannot block it. */
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
