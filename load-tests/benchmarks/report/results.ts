// Results live under docs/benchmarks, a file of each kind for each day.
import { join } from 'node:path'
import { repoDir } from '../../../deploy/setup/pins.mjs'

export const BENCHMARKS = join(repoDir, 'docs', 'benchmarks')

/** YYYY-MM-DD, UTC. */
export const today = () => new Date().toISOString().slice(0, 10)

/** Where the result of `what` on that day belongs. */
export const resultPath = (what: string, date: string, extension: string, dir = BENCHMARKS) =>
  join(dir, `${date}-${what}.${extension}`)
