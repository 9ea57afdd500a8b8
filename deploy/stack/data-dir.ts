// What children need that a test or a benchmark starts: a nursery, free ports, and a folder for their data and logs.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Nursery, openNursery } from './children.ts'
import { type FreePorts, claimFreePorts } from './ports.ts'

export interface Workplace {
  nursery: Nursery
  ports: FreePorts
  dir: string
  /** Stops the children, then gives back the ports and removes the folder. */
  close(): Promise<void>
}

/** `name` is part of the folder's. */
export async function openWorkplace(name: string): Promise<Workplace> {
  const ports = await claimFreePorts()
  const dir = mkdtempSync(join(tmpdir(), `levee-${name}-`))
  const nursery = openNursery()
  return {
    nursery,
    ports,
    dir,
    async close() {
      await nursery.close()
      ports.release()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
