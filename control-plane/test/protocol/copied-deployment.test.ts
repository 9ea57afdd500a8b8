// The agent uses modules of this package as values, written in TypeScript. Node strips no types under node_modules: proof
// that a deployment in which packages are linked works, and that one in which they are copied there does not.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { repoDir } from '../../../deploy/setup/pins.mjs'

const OWN = '@levee'

/** Copies `package.json` and `src` of a package; its dependencies stay where the repository has them. */
async function copyPackage(name: string, to: string): Promise<void> {
  const from = join(repoDir, name)
  await mkdir(join(to, 'node_modules'), { recursive: true })
  for (const part of ['package.json', 'src']) await cp(join(from, part), join(to, part), { recursive: true })
  for (const dependency of await readdir(join(from, 'node_modules')))
    if (dependency !== OWN)
      await symlink(join(from, 'node_modules', dependency), join(to, 'node_modules', dependency))
}

async function deployment(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'levee-copied-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await copyPackage('edge-agent', join(dir, 'edge-agent'))
  await mkdir(join(dir, 'edge-agent', 'node_modules', OWN))
  return dir
}

/** Starts the agent without a configuration: it gets as far as naming what is missing, if its modules load. */
function startAgent(dir: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(dir, 'edge-agent', 'src', 'main.ts')], { env: {}, cwd: dir })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

test('linked into node_modules, as a workspace is installed, the package runs as written', async (t) => {
  const dir = await deployment(t)
  await copyPackage('control-plane', join(dir, 'control-plane'))
  await symlink('../../../control-plane', join(dir, 'edge-agent', 'node_modules', OWN, 'control-plane'))
  const { code, output } = await startAgent(dir)
  assert.equal(code, 2, output)
  assert.match(output, /^LEVEE_CONTROL_PLANE_URL is missing: /m)
})

test('copied into node_modules it does not: Node strips no types there', async (t) => {
  const dir = await deployment(t)
  await copyPackage('control-plane', join(dir, 'edge-agent', 'node_modules', OWN, 'control-plane'))
  const { code, output } = await startAgent(dir)
  assert.equal(code, 1, output)
  assert.match(output, /ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/)
})
