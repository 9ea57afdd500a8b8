// A checkout whose static checks, web build and load run are stand-ins that succeed at once.
import { join } from 'node:path'
import { type Files, plant, plantTree, runProgram } from '../support.ts'

export const TEST = "import { test } from 'node:test'\n"
export const PASSING = `${TEST}test('holds', () => {})\n`
/** The number of static checks. */
export const CHECKS = 11

export function runnerTree(files: Files): string {
  const stubs = {
    'load-tests/scenarios/run.ts': '',
    'web/check-messages.ts': '',
    'deploy/checks/dependencies/check-licences.ts': '',
  }
  const dir = plantTree({ ...stubs, ...files }, ['deploy/checks', 'deploy/setup', 'deploy/stack'])
  for (const name of ['oxfmt', 'oxlint', 'tsc', 'knip'])
    plant(dir, { [`node_modules/.bin/${name}`]: '#!/bin/sh\necho Finished in 1ms on 999 files\n' })
  plant(dir, {
    'web/node_modules/.bin/vite': '#!/bin/sh\nmkdir -p "$3" && echo built > "$3/index.html"\n',
  })
  return dir
}

export const script = (dir: string) => join(dir, 'deploy/checks/test.ts')

export const runTests = (dir: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  runProgram(process.execPath, [script(dir), ...args], { cwd: dir, env })
