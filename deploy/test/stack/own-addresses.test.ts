// No browser gets the address of a third party's server. Read from the reply to a real join.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type ProcessGroup, openProcessGroup } from '../../stack/processes/process-group.ts'
import { livekitConfig, startLivekit } from '../../stack/livekit.ts'
import { type FreePorts, claimFreePorts } from '../../stack/network/free-ports.ts'
import { type LivekitKey, makeSecrets, nodeKey } from '../../stack/secrets.ts'
import { ensureLivekit } from '../../stack/tools/livekit.ts'
import { answers } from '../../stack/until.ts'

let processes: ProcessGroup
let ports: FreePorts
let dir: string

before(async () => {
  processes = openProcessGroup()
  ports = await claimFreePorts()
  dir = await mkdtemp(join(tmpdir(), 'levee-test-'))
})
after(async () => {
  await processes.close()
  ports.release()
  await rm(dir, { recursive: true })
})

async function optionsFor(id: string) {
  const key = nodeKey(makeSecrets(), id)
  const livekitPorts = {
    signal: await ports.tcp(),
    metrics: await ports.tcp(),
    rtcUdp: await ports.udp(),
    turnUdp: await ports.udp(),
  }
  const binary = await ensureLivekit()
  return { id, binary, key, ports: livekitPorts, dir: join(dir, id), logFile: join(dir, `${id}.log`) }
}

function joinToken({ apiKey, apiSecret }: LivekitKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 60
  const claims = { iss: apiKey, sub: 'one', exp, video: { roomJoin: true, room: 'addresses' } }
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${signed}.${createHmac('sha256', apiSecret).update(signed).digest('base64url')}`
}

/** The first frame is the JoinResponse; its ICE servers are plain strings in the protobuf. */
async function iceUrls(port: number, key: LivekitKey): Promise<string[]> {
  const query = `access_token=${joinToken(key)}&protocol=16&auto_subscribe=1&sdk=js&version=2.15.0`
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rtc?${query}`)
  socket.binaryType = 'arraybuffer'
  const frame = await new Promise<Buffer>((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => resolve(Buffer.from(data as ArrayBuffer)), {
      once: true,
    })
    socket.addEventListener('error', () => reject(new Error('the join was rejected')))
  })
  socket.close()
  assert.equal(frame[0], 0x0a, 'a JoinResponse')
  return frame.toString('latin1').match(/(?:stun|turn)s?:[\w.:?=[\]-]+/g) ?? []
}

test('the reply to a join contains our own TURN address and no other', async () => {
  const options = await optionsFor('ours')
  await startLivekit(processes, options)
  assert.deepEqual(await iceUrls(options.ports.signal, options.key), [
    `turn:127.0.0.1:${options.ports.turnUdp}?transport=udp`,
  ])
})

test('the same parser finds the public servers in the reply of a LiveKit with default settings', async () => {
  const options = await optionsFor('default')
  const config = { ...livekitConfig(options), turn: { enabled: false } }
  await processes.start({
    name: 'default',
    command: options.binary,
    args: ['--config-body', JSON.stringify(config)],
    logFile: options.logFile,
    ready: () => answers(`http://127.0.0.1:${options.ports.signal}/`),
    stopRank: 1,
  })
  const urls = await iceUrls(options.ports.signal, options.key)
  assert.ok(
    urls.some((url) => url.startsWith('stun:') && !url.includes('127.0.0.1')),
    urls.join(' '),
  )
})

test('an edge node listens on loopback only', { skip: process.platform !== 'linux' }, async () => {
  const options = await optionsFor('closed')
  await startLivekit(processes, options)
  const found: string[] = []
  for (const table of ['tcp', 'udp', 'tcp6', 'udp6']) {
    for (const line of readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1)) {
      const [address, port] = line.trim().split(/\s+/)[1]?.split(':') ?? []
      const ours = Object.entries(options.ports).find(([, number]) => number === parseInt(port ?? '', 16))
      if (ours) found.push(`${ours[0]} ${address}`)
    }
  }
  const loopback = '0100007F'
  assert.deepEqual(
    [...new Set(found)].toSorted(),
    Object.keys(options.ports)
      .map((name) => `${name} ${loopback}`)
      .toSorted(),
  )
})
