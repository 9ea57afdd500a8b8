// A part of `npm run check`, in a copy of the start page: catalogues that differ from the sources are refused.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const web = fileURLToPath(new URL('../..', import.meta.url))

describe('the check of the catalogues', () => {
  let dir: string
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'levee-messages-'))
    for (const name of ['check-messages.ts', 'lingui.config.ts', 'package.json'])
      cpSync(join(web, name), join(dir, name))
    for (const name of ['start', 'i18n'])
      cpSync(join(web, 'src', name), join(dir, 'src', name), { recursive: true })
    symlinkSync(join(web, 'node_modules'), join(dir, 'node_modules'))
    // Only what the copied sources use.
    for (const name of ['shared', 'meeting', 'ops']) rmSync(join(dir, `src/i18n/en/${name}.po`))
    assert.ok((await run('node_modules/.bin/lingui', 'extract', '--clean')).ok)
  })
  after(() => rmSync(dir, { recursive: true, force: true }))

  const run = async (program: string, ...args: string[]) => {
    try {
      const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: dir })
      return { ok: true, output: stdout + stderr }
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      return { ok: false, output: stdout + stderr }
    }
  }
  const check = () => run(process.execPath, 'check-messages.ts')
  const shared = () => join(dir, 'src/i18n/en/shared.po')
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(file, change(readFileSync(file, 'utf8')))

  /** Runs the check on a changed file, and changes the file back. */
  async function checkWith(file: string, from: string, to: string) {
    const before = readFileSync(file, 'utf8')
    assert.ok(before.includes(from), `${from} is in ${file}`)
    writeFileSync(file, before.replace(from, to))
    const { ok, output } = await check()
    writeFileSync(file, before)
    assert.ok(!ok, `${to} is accepted`)
    return output
  }

  test('it passes on what was extracted', async () => {
    const { ok, output } = await check()
    assert.ok(ok, output)
    assert.match(output, /^\d+ messages match/m)
  })

  test('it fires on a stale message', async () => {
    const output = await checkWith(join(dir, 'src/start/messages.ts'), 'msg`Ready`', 'msg`All set`')
    assert.match(output, /shared\.po: Catalog is out of sync/)
  })

  const FAULTS = {
    'that does not compile': [
      'msgstr "Ready"',
      'msgstr "Ready {count, plural, one {"',
      /“Ready \{count, plural, one \{” does not compile/,
    ],
    'without text': ['msgstr "Ready"', 'msgstr ""', /no translation of “Ready”/],
    'of spaces': ['msgstr "Ready"', 'msgstr " "', /no translation of “Ready”/],
    'in English that differs from the source': [
      'msgstr "Ready"',
      'msgstr "All set"',
      /the text of “Ready” is “All set”/,
    ],
  } as const
  for (const [name, [from, to, message]] of Object.entries(FAULTS))
    test(`it fires on a translation ${name}`, async () => {
      assert.match(await checkWith(shared(), from, to), message)
    })

  test('it fires on a placeholder that is renamed, left out or added, in every language', async () => {
    const german = join(dir, 'src/i18n/de/shared.po')
    const config = join(dir, 'lingui.config.ts')
    edit(config, (text) => text.replace("locales: ['en']", "locales: ['en', 'de']"))
    edit(join(dir, 'src/start/messages.ts'), (text) =>
      text
        .replace('msg }', 'msg, plural }')
        .replace(
          'export const text = {',
          "export const text = {\n  greet: (name: string, count: number) => msg`${plural({ count }, { one: `${{ name }} waits`, other: '# wait' })}`,",
        ),
    )
    assert.ok((await run('node_modules/.bin/lingui', 'extract', '--clean')).ok)
    edit(german, (text) => text.replaceAll(/^(msgid "(?!")(.*)"\nmsgstr) ""$/gm, '$1 "$2"'))
    const source = '{count, plural, one {{name} waits} other {# wait}}'
    const translated = (text: string) =>
      edit(german, (all) => all.replace(`msgstr "${source}"`, `msgstr "${text}"`))
    translated('{count, plural, one {{name} wartet} other {# warten}}')
    const clean = await check()
    assert.ok(clean.ok, clean.output)
    const from = 'msgstr "{count, plural, one {{name} wartet} other {# warten}}"'
    for (const [to, found] of [
      ['{count, plural, one {{who} wartet} other {# warten}}', 'count, who'],
      ['{count, plural, one {Eine wartet} other {# warten}}', 'count'],
      ['{count, plural, one {{name} wartet} other {# warten auf {who}}}', 'count, name, who'],
      ['Alle warten', 'none'],
    ]) {
      const output = await checkWith(german, from, `msgstr "${to}"`)
      assert.ok(output.includes(`has the placeholders ${found}, not count, name`), output)
    }
    const english = await checkWith(
      shared(),
      `msgstr "${source}"`,
      `msgstr "${source.replace('name', 'who')}"`,
    )
    assert.ok(english.includes('has the placeholders count, who, not count, name'), english)
  })
})
