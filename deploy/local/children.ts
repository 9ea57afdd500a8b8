// Child processes: named, logged, watched, and never left behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plainEnv } from './environment.ts'
import { until } from './until.ts'

export interface ChildSpec {
  name: string
  command: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  logFile: string
  pidFile?: string
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
  stop(): Promise<void>
  /** Stops it if it runs, starts it again and waits until it is ready. */
  restart(): Promise<void>
  /** Called at each end that nobody asked for. */
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
      if (closing) throw new Error(`${spec.name} is not started: everything is being stopped`)
      const { child, ready } = launchChild(spec, register)
      ranks.set(spec.stopRank, [...(ranks.get(spec.stopRank) ?? []), child])
      await ready
      return child
    },
    async close() {
      closing = true
      for (const rank of [...ranks.keys()].toSorted((a, b) => a - b))
        await Promise.all(ranks.get(rank)?.map((child) => child.stop()) ?? [])
      const ended = new Promise<void>((resolve) => watchdog.once('exit', () => resolve()))
      watchdog.kill('SIGKILL')
      await ended
    },
  }
}

interface Register {
  born(pid: number): void
  gone(pid: number): void
}

function launchChild(spec: ChildSpec, register: Register): { child: Child; ready: Promise<void> } {
  let current = launch(spec, register)
  let deliberate = false
  const listeners: ((exit: ChildExit) => void)[] = []

  function watch(): void {
    const mine = current
    void mine.exited.then((exit) => {
      if (mine === current && !deliberate) for (const listener of listeners) listener(exit)
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

  watch()
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
    stop,
    async restart() {
      await stop()
      current = launch(spec, register)
      deliberate = false
      watch()
      await becomeReady(spec, current, register)
    },
    onCrash: (listener) => void listeners.push(listener),
  }
  return { child, ready: becomeReady(spec, current, register) }
}

interface Running {
  pid: number
  exited: Promise<ChildExit>
  running(): boolean
  kill(signal: NodeJS.Signals): void
}

function launch(spec: ChildSpec, register: Register): Running {
  mkdirSync(dirname(spec.logFile), { recursive: true })
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
  if (pid !== undefined) {
    register.born(pid)
    if (spec.pidFile) writeFileSync(spec.pidFile, `${pid}\n`)
  }
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
  void child.exited.then(({ code, signal }) =>
    over.abort(
      new Error(`${spec.name} ended while starting (${signal ?? `code ${code}`})\n${tail(spec.logFile)}`),
    ),
  )
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
    }
    throw over.signal.aborted ? over.signal.reason : new Error(`${String(error)}\n${tail(spec.logFile)}`)
  }
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
