/** Ports, folders and child processes of one test file; all of them are cleaned up after its tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openProcessGroup } from '../../../deploy/stack/processes/process-group.ts'
import { claimFreePorts } from '../../../deploy/stack/network/free-ports.ts'
import { until as untilTrue } from '../../../deploy/stack/until.ts'

export const API_KEY = 'edge-test-key'
export const API_SECRET = 'edge-test-secret-0123456789-abcdefghij'
export const ENROLMENT_KEY = 'enrolment-key-for-tests'

export const processes = openProcessGroup()
export const ports = await claimFreePorts()
/** Parent of all folders. */
export const testDir = await mkdtemp(join(tmpdir(), 'levee-edge-agent-'))
let count = 0
after(async () => {
  await processes.close()
  ports.release()
  await rm(testDir, { recursive: true, force: true })
})

/** Waits until `probe` returns a truthy value; fails with `what` after `timeoutMs`. */
export const until = <T>(what: string, probe: () => T | Promise<T>, timeoutMs = 15_000) =>
  untilTrue(probe, { what, timeoutMs, everyMs: 5 })

export const freePort = (): Promise<number> => ports.tcp()

/** A new temporary folder. */
export const tempDir = (): Promise<string> => mkdtemp(join(testDir, 'dir-'))

/** `<kind>-<n>`, unique in this file. */
export const uniqueName = (kind: string): string => `${kind}-${++count}`
