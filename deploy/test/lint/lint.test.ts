// Each rule of the house, made to fire by one planted example; and clean examples that pass.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { join } from 'node:path'
import { NOBODY_IMPORTS, ROOMS } from '../../lint/may-import.ts'
import { type Files, linkTools, plant, plantTree, runProgram } from '../support.ts'

interface Finding {
  file: string
  rule: string
  message: string
}

async function lint(files: Files): Promise<{ code: number | null; found: Finding[]; files: number }> {
  const dir = plantTree(files)
  linkTools(dir)
  const oxlint = join(dir, 'node_modules', '.bin', 'oxlint')
  const { code, output } = await runProgram(oxlint, ['--format', 'json'], { cwd: dir })
  const told = JSON.parse(output) as {
    diagnostics: { filename: string; code: string; message: string }[]
    number_of_files: number
  }
  const found = told.diagnostics.map(({ filename, code, message }) => ({
    file: filename,
    rule: code,
    message,
  }))
  return { code, found, files: told.number_of_files }
}

const value = (path: string) => `import { it } from '${path}'\nexport const ours = it\n`
const types = (path: string) => `import type { It } from '${path}'\nexport type Ours = It\n`

/** One per room of the table: what it may import, and what it may not. */
const EXAMPLES: Readonly<Record<string, { may: string; mayNot: string; file?: string }>> = {
  'control-plane/src/domain': {
    may: `import { hash } from 'node:crypto'\nexport const ours = hash\n`,
    mayNot: `import { randomBytes } from 'node:crypto'\nexport const ours = randomBytes\n`,
  },
  'control-plane/src/protocol': {
    may: `import { createHmac } from 'node:crypto'\nexport const ours = createHmac\n`,
    mayNot: value('../domain/rooms.ts'),
  },
  'control-plane/src/contract': { may: value('../protocol/tickets.ts'), mayNot: value('../domain/rooms.ts') },
  'control-plane/src/use-cases': { may: value('../tuning/placement.ts'), mayNot: value('redis') },
  'control-plane/src/redis': { may: value('redis'), mayNot: value('../use-cases/rooms/join-room.ts') },
  'control-plane/src/livekit': {
    may: value('livekit-server-sdk'),
    mayNot: value('../redis/connection/client.ts'),
  },
  'control-plane/src/secrets': {
    may: value('../protocol/tickets.ts'),
    mayNot: value('../redis/connection/client.ts'),
  },
  'control-plane/src/metrics': {
    may: types('../use-cases/nodes/view-fleet.ts'),
    mayNot: value('../use-cases/nodes/view-fleet.ts'),
  },
  'control-plane/src/http': {
    may: value('../use-cases/rooms/join-room.ts'),
    mayNot: value('../redis/connection/client.ts'),
  },
  'control-plane/src/main.ts': {
    file: 'control-plane/src/main.ts',
    may: value('./redis/connection/client.ts'),
    mayNot: value('../../edge-agent/src/config.ts'),
  },
  'control-plane/src': { may: value('./tuning/placement.ts'), mayNot: value('./redis/connection/client.ts') },
  'control-plane': { may: value('../deploy/stack/stack.ts'), mayNot: value('../web/src/routes.ts') },
  'edge-agent/src': {
    may: value('@levee/control-plane/contract'),
    mayNot: value('../../control-plane/src/tuning/placement.ts'),
  },
  'edge-agent': { may: value('../deploy/stack/stack.ts'), mayNot: value('../load-tests/scenarios/run.ts') },
  'web/src': {
    may: value('@levee/control-plane/protocol/epochs'),
    mayNot: value('@levee/control-plane/contract'),
  },
  web: { may: value('../deploy/stack/stack.ts'), mayNot: types('../edge-agent/src/config.ts') },
  'load-tests': {
    may: value('../deploy/stack/stack.ts'),
    mayNot: value('../control-plane/src/tuning/placement.ts'),
  },
  deploy: { may: value('./stack/stack.ts'), mayNot: value('../control-plane/src/tuning/placement.ts') },
}

const fileOf = (room: string) => EXAMPLES[room]?.file ?? `${room}/planted.ts`
const planted = (which: 'may' | 'mayNot'): Files =>
  Object.fromEntries(Object.entries(EXAMPLES).map(([room, example]) => [fileOf(room), example[which]]))

/** All that offends against the table in other ways than the examples. */
const LIMITS = '../../control-plane/src/tuning/placement.ts'
const FORMS: Files = Object.fromEntries(
  Object.entries({
    named: `import { it } from '${LIMITS}'\nexport const ours = it\n`,
    whole: `import * as all from '${LIMITS}'\nexport const ours = all\n`,
    first: `import it from '${LIMITS}'\nexport const ours = it\n`,
    effect: `import '${LIMITS}'\n`,
    types: `import type { It } from '${LIMITS}'\nexport type Ours = It\n`,
    inline: `import { type It } from '${LIMITS}'\nexport type Ours = It\n`,
    typeof: `export type Ours = import('${LIMITS}').It\n`,
    again: `export { it } from '${LIMITS}'\n`,
    all: `export * from '${LIMITS}'\n`,
    renamed: `export * as all from '${LIMITS}'\n`,
    later: `export const ours = () => import('${LIMITS}')\n`,
    backticks: `export const ours = () => import(\`${LIMITS}\`)\n`,
    roundabout: `import { it } from '../../../control-plane/src/tuning/placement.ts'\nexport const ours = it\n`,
  }).map(([name, text]) => [`web/src/${name}.ts`, text]),
)
const MAINS: Files = Object.fromEntries(
  NOBODY_IMPORTS.map((main) => [
    `${main.split('/')[0]}/src/leaning.ts`,
    types(`./${main.split('/').at(-1) ?? ''}`),
  ]),
)
const CYCLE: Files = {
  'deploy/a.ts': "import { b } from './b.ts'\nexport const a = () => b\n",
  'deploy/b.ts': "import { c } from './c.ts'\nexport const b = () => c\n",
  'deploy/c.ts': "import { a } from './a.ts'\nexport const c = () => a\n",
}
const FAULTS: Files = {
  'deploy/any.ts': 'export const ours: any = 1\n',
  'deploy/floating.ts': 'const work = async () => 1\nwork()\n',
  'deploy/typed.ts': 'export const ours = async () => {\n  for (const n of [1]) await n\n}\n',
  'deploy/excuse.ts': '// eslint-disable-next-line no-debugger\nexport const ours = 1\n',
}
const TEXTS: Files = Object.fromEntries(
  Object.entries({
    child: '<p>Hello</p>',
    container: "<p>{'Hello'}</p>",
    condition: "<p>{here ? 'Yes' : who}</p>",
    glued: '<p>{`Hello ${who}`}</p>',
    sum: "<p>{'Hello ' + who}</p>",
    attribute: '<p aria-label="Hello" />',
    choice: "<p title={here ? who : 'Nobody'} />",
  }).map(([name, jsx]) => [
    `web/src/start/${name}.tsx`,
    `export const Ours = ({ who, here }: { who: string; here: boolean }) => (here && who ? ${jsx} : null)\n`,
  ]),
)
/** Markup without text of its own, and a literal that is not shown. */
const NO_TEXT: Files = {
  'web/src/start/no-text.tsx':
    'export const Ours = ({ who }: { who: string }) => (\n  <p className="who" title={who}>\n    {who === \'me\' && <b>{who}</b>} · {1}\n  </p>\n)\n',
}
/** A test is registered, not awaited. */
const TEST: Files = { 'deploy/a.test.ts': "import { test } from 'node:test'\ntest('one', async () => {})\n" }

describe('the rules of the house', () => {
  let clean: Awaited<ReturnType<typeof lint>>
  let dirty: Awaited<ReturnType<typeof lint>>
  before(async () => {
    clean = await lint({ ...planted('may'), ...TEST, ...NO_TEXT })
    dirty = await lint({ ...planted('mayNot'), ...FORMS, ...MAINS, ...CYCLE, ...FAULTS, ...TEXTS })
  })
  const foundIn = (files: Files) => dirty.found.filter(({ file }) => file in files)

  test('every room of the table has its example here', () => {
    assert.deepEqual(Object.keys(EXAMPLES).toSorted(), ROOMS.map(({ room }) => room).toSorted())
  })

  test('what is allowed passes, and was looked at', () => {
    assert.deepEqual(clean.found, [])
    assert.equal(clean.code, 0)
    assert.ok(clean.files > ROOMS.length)
  })

  test('what is forbidden fails', () => {
    assert.equal(dirty.code, 1)
  })

  for (const { room, because } of ROOMS)
    test(`${room}: a forbidden import is named with its reason`, () => {
      const [first, ...more] = foundIn({ [fileOf(room)]: '' })
      assert.equal(first?.rule, 'house(may-import)')
      assert.match(first.message, / may not import /)
      assert.ok(first.message.endsWith(`: ${because}`), first.message)
      assert.deepEqual(more, [])
    })

  test('nobody imports what sees everything', () => {
    const found = foundIn(MAINS)
    assert.equal(found.length, NOBODY_IMPORTS.length)
    for (const { message } of found) assert.match(message, /: nobody imports /)
  })

  for (const [file] of Object.entries(FORMS))
    test(`no form of import gets past it: ${file.slice('web/src/'.length, -'.ts'.length)}`, () => {
      assert.ok(foundIn({ [file]: '' }).some(({ rule }) => rule === 'house(may-import)'))
    })

  test('a cycle of imports is found in each file of it', () => {
    assert.deepEqual(
      foundIn(CYCLE)
        .map(({ file, rule }) => `${file} ${rule}`)
        .toSorted(),
      Object.keys(CYCLE).map((file) => `${file} import(no-cycle)`),
    )
  })

  for (const file of Object.keys(TEXTS))
    test(`text in a component is found: ${file.slice('web/src/start/'.length)}`, () => {
      assert.deepEqual(
        foundIn({ [file]: '' }).map(({ rule }) => rule),
        ['house(literal-text)'],
      )
    })

  test('any, a promise nobody waits for, a fault seen by its type and an excuse without need are found', () => {
    const rules = Object.fromEntries(
      foundIn(FAULTS).map(({ file, rule, message }) => [file, rule || message]),
    )
    assert.equal(rules['deploy/any.ts'], 'typescript(no-explicit-any)')
    assert.equal(rules['deploy/floating.ts'], 'typescript(no-floating-promises)')
    assert.equal(rules['deploy/typed.ts'], 'typescript(await-thenable)')
    assert.match(rules['deploy/excuse.ts'] ?? '', /^Unused eslint-disable directive/)
  })
})

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
      '{ "entry": ["*/*.ts", "deploy/**/*"], "ignoreExportsUsedInFile": true, "ignoreDependencies": ["pure-rand"] }\n',
    'web/check-messages.ts': "console.log('checked')\n",
  }
  const one = (name: string): Files => ({ [`${name}/sound.ts`]: 'export const sound = 1\n' })
  const rooms = ['control-plane', 'edge-agent', 'web', 'deploy', 'load-tests']
  const all = Object.assign({}, sound, ...rooms.map(one)) as Files
  const check = async (files: Files, tools: (dir: string) => void = linkTools) => {
    const dir = plantTree(all, ['deploy/checks', 'deploy/setup', 'deploy/stack'])
    tools(dir)
    plant(dir, files)
    return runProgram(process.execPath, [join(dir, 'deploy/checks/check.ts')], { cwd: dir })
  }

  test('a sound tree passes', async () => {
    const { code, output } = await check({})
    assert.match(output, /\n9 passed, 0 failed\n$/)
    assert.equal(code, 0, output)
  })

  test('each fault fails its check and is named, and all are told in one run', async () => {
    const { code, output } = await check({
      'edge-agent/crooked.ts': 'export   const crooked = 1\n',
      'web/src/planted.ts':
        "import { sound } from '../../control-plane/sound.ts'\n\nexport const ours = sound\n",
      'load-tests/untyped.ts': 'export const untyped: string = 1\n',
      'web/check-messages.ts': 'process.exit(1)\n',
      'deploy/knip.json': '{ "entry": ["web/src/*.ts"], "project": ["load-tests/*.ts"] }\n',
    })
    assert.equal(code, 1)
    assert.match(output, /edge-agent\/crooked\.ts/)
    assert.match(output, /web\/src\/planted\.ts may not import control-plane\/sound\.ts/)
    assert.match(output, /load-tests\/untyped\.ts\(1,14\): error TS2322/)
    assert.match(output, /✗ Run “pnpm -C web messages” and commit the catalogues\./)
    assert.match(output, /Unused files[^]*load-tests\/untyped\.ts/)
    assert.match(output, /\n4 passed, 5 failed\n$/)
  })

  test('a check that looks away fails', async () => {
    const fake = (dir: string) => {
      for (const name of ['oxfmt', 'oxlint', 'tsc', 'knip'])
        plant(dir, { [`node_modules/.bin/${name}`]: '#!/bin/sh\necho Finished in 1ms on 3 files\n' })
    }
    const { code, output } = await check({}, fake)
    assert.equal(code, 1)
    assert.match(output, /✗ format looked at 3 of \d+ files: mend its ignore patterns\./)
    assert.match(output, /✗ lint looked at 3 of \d+ files: mend its ignore patterns\./)
    assert.match(output, /\n7 passed, 2 failed\n$/)
  })
})
