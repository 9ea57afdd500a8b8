// Builds the web client, only when something it is made of changed.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repoDir } from '../setup/pins.mjs'
import { run, step } from '../setup/progress.mjs'

const web = join(repoDir, 'web')
const dist = join(web, 'dist')
const stampFile = join(web, 'node_modules', '.levee-build')

const SOURCES = [
  'web/src',
  'web/public',
  'web/index.html',
  'web/package.json',
  'web/vite.config.ts',
  'control-plane/src/contract',
  'pnpm-lock.yaml',
]

export async function ensureWebBuild(): Promise<void> {
  const wanted = fingerprint()
  const have = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  if (have === wanted && existsSync(join(dist, 'index.html'))) return
  await step('Web client', async () => {
    // Built aside and moved in whole: a running appliance never serves half a client.
    const aside = join(web, 'node_modules', `.levee-dist-${process.pid}`)
    try {
      await run(join(web, 'node_modules', '.bin', 'vite'), ['build', '--outDir', aside, '--emptyOutDir'], {
        cwd: web,
        advice: 'The web client does not build: mend what the lines above name.',
      })
      await rm(dist, { recursive: true, force: true })
      await rename(aside, dist)
      await writeFile(stampFile, wanted)
    } finally {
      await rm(aside, { recursive: true, force: true })
    }
  })
}

function fingerprint(): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    if (!existsSync(path)) return
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).toSorted()) add(join(path, name))
    else hash.update(path.slice(repoDir.length)).update('\0').update(readFileSync(path)).update('\0')
  }
  for (const source of SOURCES) add(join(repoDir, source))
  return hash.digest('hex')
}
