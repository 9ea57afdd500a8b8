// Runs every test of the house.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const files = globSync('{control-plane,edge-agent,deploy}/test/**/*.test.ts')
const run = spawnSync(
  process.execPath,
  ['--test', '--test-reporter=spec', '--test-concurrency=1', ...files],
  {
    stdio: 'inherit',
  },
)
process.exit(files.length === 0 ? 1 : (run.status ?? 1))
