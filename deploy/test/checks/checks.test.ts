// `npm run check` in a tree of its own: each fault fails its check and is named.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Files, linkTools, plant, plantTree, runProgram } from '../support.ts'

describe('the static checks together', () => {
  const sound: Files = {
    'package.json': '{\n  "name": "planted",\n  "private": true,\n  "type": "module"\n}\n',
    ...Object.fromEntries(
      ['control-plane', 'edge-agent', 'web', 'deploy', 'load-tests'].map((name) => [
        `${name}/tsconfig.json`,
        '{ "extends": "../tsconfig.base.json", "include": ["**/*.ts"] }\n',
      ]),
    ),
    'deploy/knip.json':
      '{ "entry": ["*/*.ts", "deploy/**/*"], "ignoreExportsUsedInFile": true, "ignoreDependencies": [".+"] }\n',
    'web/check-messages.ts': "console.log('checked')\n",
    'deploy/checks/dependencies/check-licences.ts': "console.log('checked')\n",
  }
  const one = (name: string): Files => ({ [`${name}/sound.ts`]: 'export const sound = 1\n' })
  const packages = ['control-plane', 'edge-agent', 'web', 'deploy', 'load-tests']
  const all = Object.assign({}, sound, ...packages.map(one)) as Files
  const check = async (files: Files, tools: (dir: string) => void = linkTools) => {
    const dir = plantTree(all, ['deploy/checks', 'deploy/setup', 'deploy/stack'])
    tools(dir)
    plant(dir, files)
    return runProgram(process.execPath, [join(dir, 'deploy/checks/check.ts')], { cwd: dir })
  }

  test('a sound tree passes', async () => {
    const { code, output } = await check({})
    assert.match(output, /\n11 passed, 0 failed\n$/)
    assert.equal(code, 0, output)
  })

  test('each fault fails its check and is named, all in one run', async () => {
    const { code, output } = await check({
      'edge-agent/crooked.ts': 'export   const crooked = 1\n',
      'web/src/planted.ts':
        "import { sound } from '../../control-plane/sound.ts'\n\nexport const ours = sound\n",
      'load-tests/untyped.ts': 'export const untyped: string = 1\n',
      'web/check-messages.ts': 'process.exit(1)\n',
      'deploy/checks/dependencies/check-licences.ts': 'process.exit(1)\n',
      'deploy/knip.json': '{ "entry": ["web/src/*.ts"], "project": ["load-tests/*.ts"] }\n',
    })
    assert.equal(code, 1)
    assert.match(output, /edge-agent\/crooked\.ts/)
    assert.match(output, /web\/src\/planted\.ts may not import control-plane\/sound\.ts/)
    assert.match(output, /load-tests\/untyped\.ts\(1,14\): error TS2322/)
    assert.match(output, /✗ Run “pnpm -C web messages” and commit the catalogues\./)
    assert.match(output, /✗ Use another package, or decide on the licence/)
    assert.match(output, /Unused files[^]*load-tests\/untyped\.ts/)
    assert.match(output, /\n5 passed, 6 failed\n$/)
  })

  test('a check that reads too few files fails', async () => {
    const fake = (dir: string) => {
      for (const name of ['oxfmt', 'oxlint', 'tsc', 'knip'])
        plant(dir, { [`node_modules/.bin/${name}`]: '#!/bin/sh\necho Finished in 1ms on 3 files\n' })
    }
    const { code, output } = await check({}, fake)
    assert.equal(code, 1)
    assert.match(output, /✗ format read 3 of \d+ files: correct its ignore patterns\./)
    assert.match(output, /✗ lint read 3 of \d+ files: correct its ignore patterns\./)
    assert.match(output, /\n9 passed, 2 failed\n$/)
  })
})
