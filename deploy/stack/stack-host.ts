// The base of every stack: a folder, ports, keys and a process group.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FreePorts, claimFreePorts } from './network/free-ports.ts'
import type { Child, ChildSpec } from './processes/child-spec.ts'
import { type ProcessGroup, openProcessGroup } from './processes/process-group.ts'
import { type Secrets, makeSecrets } from './secrets.ts'

export interface HostOptions {
  /** Default: a temporary folder that is removed by `stop`. */
  dataDir?: string
  /** Keeps the temporary folder, to read the logs. */
  keep?: boolean
  secrets?: Secrets
  /** Called for each child as soon as it is ready. */
  onChild?: (child: Child) => void
  /** Stops everything, also while it is still starting. */
  signal?: AbortSignal
}

export interface StackHost {
  dataDir: string
  logs: string
  secrets: Secrets
  /** Starts children and reports each to `onChild`. */
  processes: Pick<ProcessGroup, 'start'>
  /** Rejects when the ports of the stack are fixed. */
  ports: Pick<FreePorts, 'tcp' | 'udp'>
  stop(): Promise<void>
}

export async function openStackHost(options: HostOptions, ports: 'free' | 'fixed'): Promise<StackHost> {
  const free = ports === 'free' ? await claimFreePorts() : undefined
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'levee-'))
  const logs = join(dataDir, 'logs')
  mkdirSync(logs, { recursive: true, mode: 0o700 })
  const group = openProcessGroup()
  let stopping: Promise<void> | undefined

  async function stopAll(): Promise<void> {
    await group.close()
    free?.release()
    if (!options.dataDir && !options.keep) rmSync(dataDir, { recursive: true, force: true })
  }
  const stop = () => (stopping ??= stopAll())
  options.signal?.addEventListener('abort', () => void stop(), { once: true })

  const noPort = () => Promise.reject(new Error('no port was given for this part'))
  return {
    dataDir,
    logs,
    secrets: options.secrets ?? makeSecrets(),
    processes: {
      async start(spec: ChildSpec) {
        const child = await group.start(spec)
        options.onChild?.(child)
        return child
      },
    },
    ports: free ?? { tcp: noPort, udp: noPort },
    stop,
  }
}
