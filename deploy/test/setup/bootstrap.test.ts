// The first step of every command on a machine where something is missing: one sentence says what to do.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { repoDir } from '../../setup/pins.mjs'
import { explainFault } from '../../setup/user-error.mjs'
import { TOOLS_VARIABLE } from '../../stack/tools/declared.ts'
import { isAlive, until } from '../../stack/until.ts'
import { type Files, plant, runProgram, startProgram, tempDir } from '../support.ts'

const BOOTSTRAP = join(repoDir, 'deploy/setup/bootstrap.mjs')

/** A folder for PATH that contains only these programs. */
function pathOf(programs: Files): string {
  const dir = tempDir()
  plant(dir, programs)
  return dir
}

/** Prepares a tool as the commands do, with an empty cache. */
function ensure(
  tool: 'Redis' | 'Livekit' | 'K6' | 'Chromium',
  { env, root = true }: { env: NodeJS.ProcessEnv; root?: boolean },
) {
  const module = JSON.stringify(join(repoDir, `deploy/stack/tools/${tool.toLowerCase()}.ts`))
  const errors = JSON.stringify(join(repoDir, 'deploy/setup/user-error.mjs'))
  const script = `
    process.getuid = () => ${root ? 0 : 1000}
    const { ensure${tool} } = await import(${module})
    const { printUserError } = await import(${errors})
    await ensure${tool}().then(console.log, (error) => { printUserError(error); process.exitCode = 1 })`
  return runProgram(process.execPath, ['--input-type=module', '--eval', script], {
    env: {
      LEVEE_CACHE_DIR: tempDir(),
      LEVEE_CHROMIUM: '',
      LEVEE_LIVEKIT: '',
      LEVEE_K6: '',
      // The tools here are stand-ins, so this test file does not need the real ones.
      [TOOLS_VARIABLE]: tool.toLowerCase(),
      ...env,
    },
  })
}

test('a command that does not exist: usage', async () => {
  const { code, output } = await runProgram(process.execPath, [BOOTSTRAP, 'strat'])
  assert.equal(code, 1)
  assert.equal(
    output,
    '  ✗ Usage: bootstrap.mjs start|operator-key|test|check|sbom|bench|bench:placement|load|attack|chaos [arguments]\n',
  )
})

test('a Node that is too old', async () => {
  const old =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } })'
  const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, BOOTSTRAP, 'start']
  const { code, output } = await runProgram(process.execPath, args)
  assert.equal(code, 1)
  assert.equal(output, '  ✗ Node 18.20.4 is too old: install Node 20 or newer.\n')
})

describe('Node and pnpm cannot be fetched', () => {
  const fetchWith = (npm: string, cache = tempDir()) =>
    runProgram(process.execPath, [BOOTSTRAP, 'start'], {
      env: { LEVEE_CACHE_DIR: cache, PATH: `${pathOf({ npm })}:/usr/bin:/bin` },
    })

  test('no network', async () => {
    const cache = tempDir()
    const { code, output } = await fetchWith(
      '#!/bin/sh\necho npm error ENOTFOUND registry >&2\nexit 1\n',
      cache,
    )
    assert.equal(code, 1)
    assert.match(output, /  │ npm error ENOTFOUND registry\n  ✗ Could not fetch Node: check the network/)
    assert.deepEqual(readdirSync(cache), [], 'no partial folder is left')
  })

  test('stopped in the middle: the download is stopped too, and no partial folder is left', async () => {
    const [cache, notes] = [tempDir(), tempDir()]
    const npm = `#!/bin/sh\necho $$ > ${notes}/pid\nexec sleep 1000\n`
    const run = startProgram(process.execPath, [BOOTSTRAP, 'start'], {
      env: { LEVEE_CACHE_DIR: cache, PATH: `${pathOf({ npm })}:/usr/bin:/bin` },
    })
    const pid = await until(() => Number(readFileSync(join(notes, 'pid'), 'utf8')), { what: 'the download' })
    run.kill('SIGTERM')
    assert.equal((await run.ended).code, 143)
    await until(() => !isAlive(pid), { what: 'the end of the download' })
    assert.deepEqual(readdirSync(cache), [])
  })

  test('no space', async () => {
    const { code, output } = await fetchWith('#!/bin/sh\ncat /dev/zero > /dev/full\n')
    assert.equal(code, 1)
    assert.match(
      output,
      /No space left on device\n  ✗ The disk is full: free at least 2 GB, or point LEVEE_CACHE_DIR/,
    )
  })

  test('another version than the pinned one', async () => {
    const npm = `#!/bin/sh
mkdir -p node_modules/.bin
for name in node pnpm; do printf '#!/bin/sh\\necho v1.2.3\\n' > node_modules/.bin/$name; chmod +x node_modules/.bin/$name; done
`
    const { code, output } = await fetchWith(npm)
    assert.equal(code, 1)
    assert.match(output, /✗ npm brought Node v1\.2\.3 and pnpm v1\.2\.3 instead of the pinned versions\.\n$/)
  })

  test('a cache that cannot be written', async () => {
    const { code, output } = await runProgram(process.execPath, [BOOTSTRAP, 'start'], {
      env: { LEVEE_CACHE_DIR: '/sys/levee' },
    })
    assert.equal(code, 1)
    assert.match(output, /\/sys\/levee'\n  ✗ No permission to write there: .*LEVEE_CACHE_DIR/)
    assert.doesNotMatch(output, /\n\s+at /)
  })
})

describe('a program is missing', () => {
  const BY_HAND =
    /✗ Redis is missing and cannot be installed from here: run “sudo apt-get install redis-server” \(or ask an administrator\), or put redis-server on PATH, then run again\.\n$/
  const env = '#!/bin/sh\nwhile [ "${1#*=}" != "$1" ]; do shift; done\nexec "$@"\n'

  test('and there is no apt-get', async () => {
    const { code, output } = await ensure('Redis', { env: { PATH: pathOf({}) } })
    assert.equal(code, 1)
    assert.match(output, BY_HAND)
  })

  test('and this user has no sudo, or no right to use it', async () => {
    const apt = '#!/bin/sh\nexit 0\n'
    const without = await ensure('Redis', { env: { PATH: pathOf({ 'apt-get': apt }) }, root: false })
    assert.equal(without.code, 1)
    assert.match(without.output, BY_HAND)
    const sudo = '#!/bin/sh\necho sudo: a password is required >&2\nexit 1\n'
    const refused = await ensure('Redis', { env: { PATH: pathOf({ 'apt-get': apt, sudo }) }, root: false })
    assert.equal(refused.code, 1)
    assert.match(refused.output, /  │ sudo: a password is required\n/)
    assert.match(refused.output, BY_HAND)
  })

  test('and apt-get cannot install it', async () => {
    const apt = '#!/bin/sh\necho E: Unable to locate package\nexit 100\n'
    const { code, output } = await ensure('Redis', { env: { PATH: pathOf({ 'apt-get': apt, env }) } })
    assert.equal(code, 1)
    assert.match(
      output,
      /  │ E: Unable to locate package\n  ✗ Could not install Redis: fix the problem that apt-get reports above/,
    )
  })

  test('and apt-get installs it, after updating its lists when they are too old', async () => {
    const dir = tempDir()
    const apt = `#!/bin/sh
case "$*" in
  *update*) : > ${dir}/updated ;;
  *install*) [ -e ${dir}/updated ] || exit 100; printf '#!/bin/sh\\n' > ${dir}/redis-server; /bin/chmod +x ${dir}/redis-server ;;
esac
`
    plant(dir, { 'apt-get': apt, env })
    const { code, output } = await ensure('Redis', { env: { PATH: dir } })
    assert.equal(code, 0, output)
    assert.match(output, /  ✓ Redis \(apt-get install redis-server\) +\d+\.\d s\n/)
    assert.ok(output.endsWith(`${dir}/redis-server\n`))
  })

  test('and the chosen one is not a program', async () => {
    const { code, output } = await ensure('Chromium', { env: { LEVEE_CHROMIUM: '/nowhere/chromium' } })
    assert.equal(code, 1)
    assert.equal(
      output,
      '  ✗ LEVEE_CHROMIUM names /nowhere/chromium, which is not a program: correct or unset it.\n',
    )
  })
})

describe('LiveKit is built', () => {
  const built = (go: string, env: NodeJS.ProcessEnv = {}) =>
    ensure('Livekit', { env: { PATH: `${pathOf({ go })}:/usr/bin:/bin`, ...env } })

  test('once, in the pinned version, and stored outside of the checkout', async () => {
    const cache = tempDir()
    const go = `#!/bin/sh\necho "$@" >> ${cache}/asked\nprintf '#!/bin/sh\\n' > "$GOBIN/server"\nchmod +x "$GOBIN/server"\n`
    const final = join(cache, 'livekit-1.13.5/bin/livekit-server')
    for (let round = 1; round <= 2; round++) {
      const { code, output } = await built(go, { LEVEE_CACHE_DIR: cache })
      assert.equal(code, 0, output)
      assert.ok(output.endsWith(`${final}\n`), output)
    }
    const asked = readFileSync(join(cache, 'asked'), 'utf8')
    // The version is that of go.mod, which names the hashes too.
    assert.equal(asked, 'install github.com/livekit/livekit-server/cmd/server\n')
  })

  test('not when PATH has that version, or a variable names a program', async () => {
    const go = '#!/bin/sh\nexit 9\n'
    const server = '#!/bin/sh\necho livekit-server version 1.13.5\n'
    const path = pathOf({ go, 'livekit-server': server })
    const found = await ensure('Livekit', { env: { PATH: `${path}:/usr/bin:/bin` } })
    assert.equal(found.output, `${path}/livekit-server\n`)
    const named = await built(go, { LEVEE_LIVEKIT: join(path, 'livekit-server') })
    assert.equal(named.output, `${path}/livekit-server\n`)
    const other = pathOf({ go, 'livekit-server': server.replace('1.13.5', '1.13.4') })
    const refused = await ensure('Livekit', { env: { PATH: `${other}:/usr/bin:/bin` } })
    assert.equal(refused.code, 1)
    assert.match(refused.output, /✗ Could not build livekit-1\.13\.5/)
  })

  test('no network, no space', async () => {
    const offline = await built('#!/bin/sh\necho dial tcp: lookup proxy.golang.org: no such host\nexit 1\n')
    assert.match(
      offline.output,
      /  │ dial tcp: lookup proxy\.golang\.org: no such host\n  ✗ Could not build livekit-1\.13\.5: check the network, GOPROXY and “go version”/,
    )
    const full = await built('#!/bin/sh\ncat /dev/zero > /dev/full\n')
    assert.match(full.output, /No space left on device\n  ✗ The disk is full/)
  })

  test('not on a disk that is too small: the message comes before the build starts', async () => {
    const small = tempDir()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'levee-test', small]).status === 0
    try {
      // Without the right to mount: a folder of the kernel, where no space is free.
      const cache = mounted ? small : '/proc'
      const { code, output } = await built('#!/bin/sh\nexit 9\n', { LEVEE_CACHE_DIR: cache })
      assert.equal(code, 1)
      assert.equal(
        output,
        `  ✗ Building needs 2 GB, and the disk of ${cache} has 0.0 GB free: free some space and run again.\n`,
      )
    } finally {
      if (mounted) assert.equal(spawnSync('umount', [small]).status, 0)
    }
  })
})

test('faults that look the same in the output of every tool', () => {
  for (const text of ['ENOSPC: no space left', 'write: No space left on device', 'Disk quota exceeded'])
    assert.match(explainFault(text) ?? '', /^The disk is full: /)
  for (const text of ['EACCES: permission denied', 'EROFS: read-only file system'])
    assert.match(explainFault(text) ?? '', /^No permission to write there: /)
  for (const text of ['npm error code EINTEGRITY', 'verifying x@v1: checksum mismatch'])
    assert.match(
      explainFault(text) ?? '',
      /^A downloaded file does not have the hash that this repository pins/,
    )
  assert.equal(explainFault('everything else'), undefined)
})
