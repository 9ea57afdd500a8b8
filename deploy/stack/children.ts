// Child processes: named, logged, watched, and never left behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plainEnv } from './environment.ts'
import { Trouble } from '../setup/progress.mjs'
import { until } from './until.ts'

const LOG_MAX_BYTES = 20_000_000

export interface ChildSpec {
  name: string
  command: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  logFile: string
  /** Asked again and again until it gives true. */
  ready: () => Promise<boolean>
  readyTimeoutMs?: number
  /** Sent one after the other, `graceMs` apart, then SIGKILL. */
  stopSignals?: readonly NodeJS.Signals[]
  graceMs?: number
  /** When all are stopped, lower ranks go first; equal ranks go together. */
  stopRank: number
}

export interface ChildExit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Child {
  readonly name: string
  /** Of the real program, not of a wrapper: kill -9 on it is a real crash. */
  readonly pid: number
  readonly running: boolean
  readonly logFile: string
  /** Settles when the present process ends; `restart` brings a new one. */
  readonly exited: Promise<ChildExit>
  kill(signal: NodeJS.Signals): void
  /** Asks it to end by itself and waits for as long as that takes: no crash. */
  finish(signal: NodeJS.Signals): Promise<ChildExit>
  stop(): Promise<void>
  /** Stops it if it runs, starts it again and waits until it is ready. */
  restart(): Promise<void>
  /** Called at each end that nobody asked for, once the child had been ready. */
  onCrash(listener: (exit: ChildExit) => void): void
}

export interface Nursery {
  /** Gives the child when it is ready. */
  start(spec: ChildSpec): Promise<Child>
  /** Stops all children, also those that are just starting, by rank. */
  close(): Promise<void>
}

/** All children of a nursery end with this process, whatever ends it. */
export function openNursery(): Nursery {
  const pids = new Set<number>()
  const ranks = new Map<number, Child[]>()
  let closing = false
  let watchdog = startWatchdog()

  function startWatchdog(): ChildProcess {
    const dog = spawn(process.execPath, [fileURLToPath(new URL('watchdog.ts', import.meta.url))], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: plainEnv(),
    })
    // A write into a dead watchdog is answered by its exit event, which starts the next one.
    dog.stdin?.on('error', () => {})
    dog.on('exit', () => {
      if (closing) return
      watchdog = startWatchdog()
    })
    for (const pid of pids) dog.stdin?.write(`+${pid}\n`)
    return dog
  }

  const register: Register = {
    closing: () => closing,
    born(pid) {
      pids.add(pid)
      watchdog.stdin?.write(`+${pid}\n`)
    },
    gone(pid) {
      pids.delete(pid)
      watchdog.stdin?.write(`-${pid}\n`)
    },
  }

  return {
    async start(spec) {
      refuseWhenClosing(spec, register)
      const { child, ready } = launchChild(spec, register)
      ranks.set(spec.stopRank, [...(ranks.get(spec.stopRank) ?? []), child])
      await ready
      return child
    },
    async close() {
      closing = true
      for (const rank of [...ranks.keys()].toSorted((a, b) => a - b))
        await Promise.all(ranks.get(rank)?.map((child) => child.stop()) ?? [])
      if (watchdog.exitCode !== null || watchdog.signalCode !== null) return
      const ended = new Promise<void>((resolve) => watchdog.once('exit', () => resolve()))
      watchdog.kill('SIGKILL')
      await ended
    },
  }
}

interface Register {
  closing(): boolean
  born(pid: number): void
  gone(pid: number): void
}

function refuseWhenClosing({ name }: ChildSpec, register: Register): void {
  if (register.closing()) throw new Error(`${name} is not started: everything is being stopped`)
}

function launchChild(spec: ChildSpec, register: Register): { child: Child; ready: Promise<void> } {
  let current = launch(spec, register)
  let deliberate = false
  let turn: Promise<void> = Promise.resolve()
  /** A crash that nobody was there to hear yet. */
  let unheard: ChildExit | undefined
  const listeners: ((exit: ChildExit) => void)[] = []

  /** Only a process that had been ready can crash: one that never was is the answer to whoever started it. */
  async function becomeReadyAndWatch(): Promise<void> {
    const mine = current
    await becomeReady(spec, mine, register)
    void mine.exited.then((exit) => {
      if (mine !== current || deliberate) return
      if (listeners.length === 0) unheard = exit
      for (const listener of listeners) listener(exit)
    })
  }

  async function stop(): Promise<void> {
    deliberate = true
    const { stopSignals = ['SIGTERM'], graceMs = 1_500 } = spec
    for (const signal of [...stopSignals, 'SIGKILL'] as const) {
      if (!current.running()) break
      current.kill(signal)
      if (signal === 'SIGKILL') await current.exited
      else await Promise.race([current.exited, afterMs(graceMs)])
    }
  }

  async function startAnew(): Promise<void> {
    await stop()
    // Asked and launched in one breath: whoever closes the nursery sees the new process.
    refuseWhenClosing(spec, register)
    current = launch(spec, register)
    deliberate = false
    await becomeReadyAndWatch()
  }

  const child: Child = {
    name: spec.name,
    logFile: spec.logFile,
    get pid() {
      return current.pid
    },
    get running() {
      return current.running()
    },
    get exited() {
      return current.exited
    },
    kill: (signal) => current.kill(signal),
    finish(signal) {
      deliberate = true
      current.kill(signal)
      return current.exited
    },
    stop,
    // One after the other, or two callers would start two processes.
    restart: () => (turn = turn.catch(() => {}).then(startAnew)),
    onCrash(listener) {
      listeners.push(listener)
      if (unheard) listener(unheard)
      unheard = undefined
    },
  }
  return { child, ready: becomeReadyAndWatch() }
}

interface Running {
  pid: number
  exited: Promise<ChildExit>
  running(): boolean
  kill(signal: NodeJS.Signals): void
}

function launch(spec: ChildSpec, register: Register): Running {
  mkdirSync(dirname(spec.logFile), { recursive: true })
  keepSmall(spec.logFile)
  const log = openSync(spec.logFile, 'a', 0o600)
  // Its own process group: Ctrl-C in the terminal reaches us alone, and we stop the children in order.
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env ?? plainEnv(),
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  const { pid } = child
  if (pid !== undefined) register.born(pid)
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }))
    child.once('exit', (code, signal) => {
      if (pid !== undefined) register.gone(pid)
      resolve({ code, signal })
    })
  })
  return {
    pid: pid ?? -1,
    exited,
    running: () => pid !== undefined && child.exitCode === null && child.signalCode === null,
    kill: (signal) => void child.kill(signal),
  }
}

async function becomeReady(spec: ChildSpec, child: Running, register: Register): Promise<void> {
  const over = new AbortController()
  const trouble = (how: string) =>
    new Trouble(`${spec.name} ${how}, log: ${spec.logFile}`, tail(spec.logFile))
  void child.exited.then((exit) => over.abort(trouble(`ended while starting (${describeExit(exit)})`)))
  try {
    await until(spec.ready, {
      what: `${spec.name} being ready`,
      timeoutMs: spec.readyTimeoutMs ?? 20_000,
      signal: over.signal,
    })
  } catch (error) {
    if (child.running()) {
      child.kill('SIGKILL')
      await child.exited
      register.gone(child.pid)
      throw trouble(`did not become ready (${error instanceof Error ? error.message : String(error)})`)
    }
    throw over.signal.reason ?? error
  }
}

/** Between two runs of a program, one old log is kept: a machine that runs for years does not fill up. */
function keepSmall(logFile: string): void {
  const { size = 0 } = statSync(logFile, { throwIfNoEntry: false }) ?? {}
  if (size > LOG_MAX_BYTES) renameSync(logFile, `${logFile}.1`)
}

export function describeExit({ code, signal }: ChildExit): string {
  return signal ? `killed by ${signal}` : `exit code ${code}`
}

function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

export function tail(file: string, lines = 15): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}
