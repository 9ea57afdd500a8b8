// Messages are the same in a build and without one, and their English follows the rules.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { formatter } from '@lingui/format-po'

const web = fileURLToPath(new URL('../..', import.meta.url))

interface Entry {
  text: string
  /** Files of the message, from web/. */
  origins: string[]
}

async function readCatalog(name: string): Promise<Entry[]> {
  const file = join(web, 'src/i18n/en', `${name}.po`)
  const context = { locale: 'en', sourceLocale: 'en', filename: file }
  const catalog = await formatter().parse(readFileSync(file, 'utf8'), context)
  return Object.values(catalog).map(({ translation = '', origin = [] }) => ({
    text: translation,
    origins: origin.map(([path]) => path),
  }))
}

interface Message {
  id: string
  message: string
}
const isMessage = (value: object): value is Message => 'id' in value && 'message' in value

/** Every message that a module exports, by value or as a function with any arguments. */
function messagesIn(value: unknown, depth = 0): Message[] {
  if (typeof value === 'function' && depth < 4) {
    try {
      return messagesIn((value as (...args: unknown[]) => unknown)('x', 'x', 'x', 'x'), depth + 1)
    } catch {
      return []
    }
  }
  if (typeof value !== 'object' || value === null || depth > 4) return []
  if (isMessage(value)) return [value]
  return Object.values(value).flatMap((inner) => messagesIn(inner, depth + 1))
}

describe('the catalogues', () => {
  const catalogs = new Map<string, Entry[]>()
  before(async () => {
    for (const name of ['shared', 'meeting', 'ops']) catalogs.set(name, await readCatalog(name))
  })

  test('the messages of the sources without a build are exactly those of the catalogues', async () => {
    const known = new Set([...catalogs.values()].flat().map(({ text }) => text))
    const files = globSync('src/**/*messages.ts', { cwd: web })
    assert.ok(files.length > 10)
    let count = 0
    for (const file of files) {
      const messages = messagesIn({ ...((await import(join(web, file))) as object) })
      for (const { message } of messages) assert.ok(known.has(message), `${file}: “${message}”`)
      count += messages.length
    }
    assert.ok(count > 200, `only ${count}`)
  })

  test('the English has contractions, “everyone”, no space before “…” and “%”, no straight quotes', () => {
    const forbidden =
      / …|\.\.\.| %|\b(?:every|any|some|no)body\b|['"]|\b(?:cannot|do not|does not|did not|is not|are not|(?:it is|you are|we will)(?= ))\b/i
    for (const { text, origins } of [...catalogs.values()].flat())
      assert.doesNotMatch(text, forbidden, `${origins.join()}: ${text}`)
  })

  test('texts for guests have no words of the infrastructure', () => {
    const guest = /^src\/(?:start|join|devices|meeting-page|stage|chat|people|controls)\//
    const forbidden = /\b(?:nodes?|sites?|control plane|servers?|epoch|placement|LiveKit)\b/i
    // In prompts for devices, browsers call the page a site.
    const allowed = /for this site/g
    const texts = [...catalogs.values()]
      .flat()
      .filter(({ origins }) => origins.some((path) => guest.test(path)))
    assert.ok(texts.length > 100)
    for (const { text } of texts) assert.doesNotMatch(text.replaceAll(allowed, ''), forbidden, text)
  })
})
