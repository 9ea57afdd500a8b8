// Child processes that end together with this process, whatever ends it.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { plainEnv } from '../environment.ts'
import { launchChild } from './child.ts'
import type { Child, ChildSpec } from './child-spec.ts'
import type { Registry } from './os-process.ts'

export interface ProcessGroup {
  /** Resolves when the child is ready. Throws a UserError when it ends before that or takes too long. */
  start(spec: ChildSpec): Promise<Child>
  /** Stops all children by rank, including those that are still starting. */
  close(): Promise<void>
}

export function openProcessGroup(): ProcessGroup {
  const pids = new Set<number>()
  const byRank = new Map<number, Child[]>()
  let closing = false
  let watchdog = startWatchdog()

  function startWatchdog(): ChildProcess {
    const started = spawn(process.execPath, [fileURLToPath(new URL('watchdog.ts', import.meta.url))], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: plainEnv(),
    })
    // Writing to a watchdog that has ended fails; its exit event starts the next one.
    started.stdin?.on('error', () => {})
    started.on('exit', () => {
      if (closing) return
      watchdog = startWatchdog()
    })
    for (const pid of pids) started.stdin?.write(`+${pid}\n`)
    return started
  }

  const registry: Registry = {
    isClosing: () => closing,
    started(pid) {
      pids.add(pid)
      watchdog.stdin?.write(`+${pid}\n`)
    },
    ended(pid) {
      pids.delete(pid)
      watchdog.stdin?.write(`-${pid}\n`)
    },
  }

  return {
    async start(spec) {
      const { child, ready } = launchChild(spec, registry)
      byRank.set(spec.stopRank, [...(byRank.get(spec.stopRank) ?? []), child])
      await ready
      return child
    },
    async close() {
      closing = true
      for (const rank of [...byRank.keys()].toSorted((a, b) => a - b))
        await Promise.all(byRank.get(rank)?.map((child) => child.stop()) ?? [])
      if (watchdog.exitCode !== null || watchdog.signalCode !== null) return
      const ended = new Promise<void>((resolve) => watchdog.once('exit', () => resolve()))
      watchdog.kill('SIGKILL')
      await ended
    },
  }
}
