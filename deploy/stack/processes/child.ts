// A child process that can be stopped, restarted and watched for crashes.
import { UserError } from '../../setup/user-error.mjs'
import { until } from '../until.ts'
import { type Child, type ChildExit, type ChildSpec, describeExit } from './child-spec.ts'
import { type OsProcess, type Registry, spawnLogged, tail } from './os-process.ts'
import { READY_TIMEOUT_MS, STOP_GRACE_MS } from '../../setup/tuning.mjs'

/** `ready` rejects with a UserError that holds the end of the log when the process does not become ready. */
export function launchChild(spec: ChildSpec, registry: Registry): { child: Child; ready: Promise<void> } {
  refuseWhenClosing(spec, registry)
  let current = spawnLogged(spec, registry)
  let endExpected = false
  let lastRestart: Promise<void> = Promise.resolve()
  /** A crash that happened before the first listener was added. */
  let unreported: ChildExit | undefined
  const listeners: ((exit: ChildExit) => void)[] = []

  /** Only a process that has been ready can crash: an earlier end is reported to the caller of `start`. */
  async function becomeReadyAndWatch(): Promise<void> {
    const watched = current
    await becomeReady(spec, watched, registry)
    void watched.exited.then((exit) => {
      if (watched !== current || endExpected) return
      if (listeners.length === 0) unreported = exit
      for (const listener of listeners) listener(exit)
    })
  }

  async function stop(): Promise<void> {
    endExpected = true
    const { stopSignals = ['SIGTERM'], graceMs = STOP_GRACE_MS } = spec
    for (const signal of [...stopSignals, 'SIGKILL'] as const) {
      if (!current.running()) break
      current.kill(signal)
      if (signal === 'SIGKILL') await current.exited
      else await Promise.race([current.exited, afterMs(graceMs)])
    }
  }

  async function stopAndStart(): Promise<void> {
    await stop()
    // No await between the check and the launch: `close` of the group would miss a process that is launched after it.
    refuseWhenClosing(spec, registry)
    current = spawnLogged(spec, registry)
    endExpected = false
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
    endGracefully(signal) {
      endExpected = true
      current.kill(signal)
      return current.exited
    },
    stop,
    // In sequence: two restarts at the same time would start two processes.
    restart: () => (lastRestart = lastRestart.catch(() => {}).then(stopAndStart)),
    onCrash(listener) {
      listeners.push(listener)
      if (unreported) listener(unreported)
      unreported = undefined
    },
  }
  return { child, ready: becomeReadyAndWatch() }
}

function refuseWhenClosing({ name }: ChildSpec, registry: Registry): void {
  if (registry.isClosing()) throw new Error(`${name} is not started: everything is being stopped`)
}

async function becomeReady(spec: ChildSpec, started: OsProcess, registry: Registry): Promise<void> {
  const ended = new AbortController()
  const failure = (how: string) =>
    new UserError(`${spec.name} ${how}, log: ${spec.logFile}`, tail(spec.logFile))
  void started.exited.then((exit) => ended.abort(failure(`ended while starting (${describeExit(exit)})`)))
  try {
    await until(spec.ready, {
      what: `${spec.name} being ready`,
      timeoutMs: spec.readyTimeoutMs ?? READY_TIMEOUT_MS,
      signal: ended.signal,
    })
  } catch (error) {
    if (started.running()) {
      started.kill('SIGKILL')
      await started.exited
      registry.ended(started.pid)
      throw failure(`did not become ready (${error instanceof Error ? error.message : String(error)})`)
    }
    throw ended.signal.reason ?? error
  }
}

function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
