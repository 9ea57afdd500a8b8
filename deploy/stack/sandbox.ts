// A test or benchmark that starts its own processes uses this: a process group, free ports and a temporary folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FreePorts, claimFreePorts } from './network/free-ports.ts'
import { type ProcessGroup, openProcessGroup } from './processes/process-group.ts'

export interface Sandbox {
  processes: ProcessGroup
  ports: FreePorts
  dir: string
  /** Stops the processes, releases the ports and removes the folder. */
  close(): Promise<void>
}

/** `name` becomes part of the folder's name. */
export async function openSandbox(name: string): Promise<Sandbox> {
  const ports = await claimFreePorts()
  const dir = mkdtempSync(join(tmpdir(), `levee-${name}-`))
  const processes = openProcessGroup()
  return {
    processes,
    ports,
    dir,
    async close() {
      await processes.close()
      ports.release()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
