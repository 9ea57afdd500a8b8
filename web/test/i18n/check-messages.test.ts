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
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'levee-messages-'))
    for (const name of ['check-messages.ts', 'lingui.config.ts', 'package.json'])
      cpSync(join(web, name), join(dir, name))
    for (const name of ['start', 'i18n'])
      cpSync(join(web, 'src', name), join(dir, 'src', name), { recursive: true })
    symlinkSync(join(web, 'node_modules'), join(dir, 'node_modules'))
    // Only what the copied sources use.
    for (const name of ['shared', 'meeting', 'ops']) rmSync(join(dir, `src/i18n/en/${name}.po`))
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

  test('it passes on what was extracted, and fires on a stale message and on one that does not compile', async () => {
    assert.ok((await run('node_modules/.bin/lingui', 'extract', '--clean')).ok)
    const clean = await check()
    assert.ok(clean.ok, clean.output)
    assert.match(clean.output, /^\d+ messages match/m)

    edit(shared(), (text) => text.replace('msgstr "Ready"', 'msgstr "Ready {count, plural, one {"'))
    const broken = await check()
    assert.ok(!broken.ok)
    assert.match(broken.output, /“Ready \{count, plural, one \{” does not compile/)

    edit(shared(), (text) => text.replace('msgstr "Ready {count, plural, one {"', 'msgstr "Ready"'))
    edit(join(dir, 'src/start/messages.ts'), (text) => text.replace('msg`Ready`', 'msg`All set`'))
    const stale = await check()
    assert.ok(!stale.ok)
    assert.match(stale.output, /shared\.po: Catalog is out of sync/)
  })
})
