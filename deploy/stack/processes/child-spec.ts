// What is started as a child process, and the handle that the caller gets.

export interface ChildSpec {
  /** For messages: “redis”, “hq-1/agent”. */
  name: string
  command: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  cwd?: string
  logFile: string
  /** Polled until it returns true. */
  ready: () => Promise<boolean>
  readyTimeoutMs?: number
  /** Sent one after the other, `graceMs` apart, then SIGKILL. */
  stopSignals?: readonly NodeJS.Signals[]
  graceMs?: number
  /** When the group closes, children of a lower rank stop first; those of the same rank stop together. */
  stopRank: number
}

export interface ChildExit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Child {
  readonly name: string
  /** Of the program itself, not of a wrapper: kill -9 on it is a real crash. */
  readonly pid: number
  readonly running: boolean
  readonly logFile: string
  /** Settles when the current process ends; `restart` replaces it. */
  readonly exited: Promise<ChildExit>
  kill(signal: NodeJS.Signals): void
  /** Sends the signal and waits until the process has ended, however long that takes. Not reported as a crash. */
  endGracefully(signal: NodeJS.Signals): Promise<ChildExit>
  stop(): Promise<void>
  /** Stops the process if it runs, starts it again and waits until it is ready. */
  restart(): Promise<void>
  /** The listener is called each time the process ends unexpectedly after it has been ready. */
  onCrash(listener: (exit: ChildExit) => void): void
}

export function describeExit({ code, signal }: ChildExit): string {
  return signal ? `killed by ${signal}` : `exit code ${code}`
}
