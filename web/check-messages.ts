// A step of `npm run check`: the catalogues contain exactly the messages of the sources, all of them translated and
// compilable, with the same placeholders. English is the source itself, so it never differs.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createCompiledCatalog, getCatalogs } from '@lingui/cli/api'
import { getConfig } from '@lingui/conf'

const web = fileURLToPath(new URL('.', import.meta.url))
const config = getConfig({ cwd: web })
const faults: string[] = []
let messageCount = 0

try {
  execFileSync('node_modules/.bin/lingui', ['check', 'sync', '--clean', '--verbose'], {
    cwd: web,
    encoding: 'utf8',
  })
} catch (error) {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
  faults.push(`${stdout}${stderr}`)
}

/** The placeholders of compiled messages, sorted, by message id. A compiled placeholder is [name, format, options]. */
function placeholdersOf(compiled: string): Map<string, string> {
  const { messages } = JSON.parse(compiled) as { messages: Record<string, unknown> }
  const collect = (value: unknown, names: Set<string>): Set<string> => {
    if (Array.isArray(value))
      for (const part of value) {
        if (Array.isArray(part)) names.add(String(part[0]))
        for (const option of Array.isArray(part) ? part.slice(1) : [])
          if (typeof option === 'object')
            for (const text of Object.values(option as object)) collect(text, names)
      }
    return names
  }
  return new Map(
    Object.entries(messages).map(([id, message]) => [
      id,
      [...collect(message, new Set())].toSorted().join(', ') || 'none',
    ]),
  )
}

for (const catalog of await getCatalogs(config)) {
  for (const locale of config.locales) {
    const file = catalog.getFilename(locale)
    const sources: Record<string, string> = {}
    const translations: Record<string, string> = {}
    for (const [id, { message, translation }] of Object.entries((await catalog.read(locale)) ?? {})) {
      messageCount++
      const source = message ?? id
      sources[id] = source
      // Not from “getTranslations”, which puts the source in place of an empty translation.
      if (!translation?.trim()) faults.push(`${file}: no translation of “${source}”`)
      else translations[id] = translation
      if (locale === config.sourceLocale && translation?.trim() && translation !== source)
        faults.push(`${file}: the text of “${source}” is “${translation}”: change it in the source`)
    }
    const options = { strict: true, namespace: 'json' } as const
    const original = createCompiledCatalog(config.sourceLocale ?? locale, sources, options)
    const translated = createCompiledCatalog(locale, translations, options)
    for (const { source, error } of [...original.errors, ...translated.errors])
      faults.push(`${file}: “${source}” does not compile: ${error.message}`)
    const expected = placeholdersOf(original.source)
    for (const [id, found] of placeholdersOf(translated.source))
      if (expected.has(id) && expected.get(id) !== found)
        faults.push(`${file}: “${translations[id]}” has the placeholders ${found}, not ${expected.get(id)}`)
  }
}

if (messageCount === 0) faults.push('There are no messages: check the paths in web/lingui.config.ts.')
for (const fault of faults) console.error(fault)
if (faults.length === 0) console.log(`${messageCount} messages match the sources`)
else process.exitCode = 1
