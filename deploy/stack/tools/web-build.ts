// Builds the web client when one of its source files has changed.
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../setup/command.mjs'
import { repoDir } from '../../setup/pins.mjs'
import { step } from '../../setup/progress.mjs'
import { requireDeclared } from './declared.ts'

const web = join(repoDir, 'web')
const dist = join(web, 'dist')
const stampFile = join(web, 'node_modules', '.levee-build')

const SOURCES = [
  'web/{src,public}/**/*',
  'web/*.{html,json,ts}',
  'control-plane/src/{contract,protocol}/**/*.ts',
  'pnpm-lock.yaml',
]

export async function ensureWebBuild(): Promise<void> {
  requireDeclared('web-build')
  const wanted = fingerprint()
  const built = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  if (built === wanted && existsSync(join(dist, 'index.html'))) return
  await step('Web client', async () => {
    // Built in another folder and renamed, so that a running control plane never serves half a client.
    const temporary = join(web, 'node_modules', `.levee-dist-${process.pid}`)
    try {
      await run(
        join(web, 'node_modules', '.bin', 'vite'),
        ['build', '--outDir', temporary, '--emptyOutDir'],
        {
          cwd: web,
          advice: 'The web client does not build: correct the errors above.',
        },
      )
      await rm(dist, { recursive: true, force: true })
      await rename(temporary, dist)
      await writeFile(stampFile, wanted)
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
  })
}

/** Hash of the names and contents of all source files. */
function fingerprint(): string {
  const hash = createHash('sha256')
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: repoDir, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.toSorted())
    hash.update(file.slice(repoDir.length)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}
