// One operating-system process with its log file.
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { plainEnv } from '../environment.ts'
import type { ChildExit, ChildSpec } from './child-spec.ts'
import { LOG_MAX_BYTES } from '../../setup/tuning.mjs'

/** The process group as its children see it. */
export interface Registry {
  isClosing(): boolean
  started(pid: number): void
  ended(pid: number): void
}

export interface OsProcess {
  /** -1 when it could not be started. */
  pid: number
  exited: Promise<ChildExit>
  running(): boolean
  kill(signal: NodeJS.Signals): void
}

export function spawnLogged(spec: ChildSpec, registry: Registry): OsProcess {
  mkdirSync(dirname(spec.logFile), { recursive: true })
  rotateLog(spec.logFile)
  const log = openSync(spec.logFile, 'a', 0o600)
  // Detached: Ctrl-C in the terminal then reaches only us, and we stop the children in order.
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env ?? plainEnv(),
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  const { pid } = child
  if (pid !== undefined) registry.started(pid)
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }))
    child.once('exit', (code, signal) => {
      if (pid !== undefined) registry.ended(pid)
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

/** Keeps one old log, so that the disk of a machine that runs for years does not fill up. */
function rotateLog(logFile: string): void {
  const { size = 0 } = statSync(logFile, { throwIfNoEntry: false }) ?? {}
  if (size > LOG_MAX_BYTES) renameSync(logFile, `${logFile}.1`)
}

/** The last lines of a log file; empty when it cannot be read. */
export function tail(file: string, lines = 15): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}
