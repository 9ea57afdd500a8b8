// A step of `npm run check`: the catalogues contain exactly the messages of the sources, translated and compilable.
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

for (const catalog of await getCatalogs(config)) {
  for (const locale of config.locales) {
    const { messages, missing } = await catalog.getTranslations(locale, {
      fallbackLocales: {},
      sourceLocale: config.sourceLocale,
      missingBehavior: 'catalog',
    })
    const { errors } = createCompiledCatalog(locale, messages, { strict: true, namespace: 'es' })
    messageCount += Object.keys(messages).length
    for (const { source, id } of missing)
      faults.push(`${catalog.getFilename(locale)}: no translation of “${source ?? id}”`)
    for (const { source, error } of errors)
      faults.push(`${catalog.getFilename(locale)}: “${source}” does not compile: ${error.message}`)
  }
}

if (messageCount === 0) faults.push('There are no messages: check the paths in web/lingui.config.ts.')
for (const fault of faults) console.error(fault)
if (faults.length === 0) console.log(`${messageCount} messages match the sources`)
else process.exitCode = 1
