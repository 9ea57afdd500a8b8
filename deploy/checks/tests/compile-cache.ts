// The hundreds of Node processes of a test run load the same modules: each module is compiled once for all of them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMPILE_CACHE_VARIABLE } from '../../stack/environment.ts'

/** For all processes that are started from now on. The folder is removed when this process exits, so it cannot grow. */
export function shareCompileCache(): void {
  if (process.env[COMPILE_CACHE_VARIABLE]) return
  const dir = mkdtempSync(join(tmpdir(), 'levee-compiled-'))
  process.env[COMPILE_CACHE_VARIABLE] = dir
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
}
