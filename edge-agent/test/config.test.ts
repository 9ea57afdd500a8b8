import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../src/config.ts'
import { agentEnv, runAgent } from './support/agent.ts'

const good = {
  LEVEE_CONTROL_PLANE_URL: 'https://levee.example.org/base',
  LEVEE_ENROLMENT_KEY: 'enrolment-key',
  LEVEE_NODE_ID: 'edge-1',
  LEVEE_SITE: 'berlin',
  LEVEE_NODE_URL: 'wss://edge-1.example.org',
  LEVEE_LIVEKIT_API_KEY: 'key',
  LEVEE_LIVEKIT_API_SECRET: 's'.repeat(32),
  LEVEE_STATE_DIR: '/var/lib/levee',
}

const faultsOf = (env: Record<string, string | undefined>) => {
  const read = readConfig({ ...good, ...env })
  return 'faults' in read ? read.faults : []
}

test('required settings are enough; the rest has defaults', () => {
  const read = readConfig(good)
  assert.ok('config' in read)
  assert.equal(read.config.controlPlaneUrl.href, 'https://levee.example.org/base/')
  assert.equal(read.config.livekitUrl.href, 'http://127.0.0.1:7880/')
  assert.equal(read.config.livekitMetricsUrl.href, 'http://127.0.0.1:6789/metrics')
  assert.equal(read.config.agentHost, '127.0.0.1')
  assert.equal(read.config.agentPort, 9180)
  assert.equal(read.config.cpuScope, undefined)
  assert.equal(read.config.zone, undefined)
  assert.equal(read.config.joinsPerSec, undefined)
  assert.equal(read.config.drainDeadlineSec, 120)
  assert.equal(read.config.listener, undefined)
  assert.equal(read.config.logLevel, 'info')
  assert.deepEqual(new Set(Object.values(read.config.capacity)), new Set([undefined]))
})

test('a listener exists when it has a port', () => {
  const listenerOf = (env: Record<string, string>) => {
    const read = readConfig({ ...good, ...env })
    assert.ok('config' in read)
    return read.config.listener
  }
  assert.equal(listenerOf({ LEVEE_LISTENER_HOST: '0.0.0.0' }), undefined)
  const usual = { host: '127.0.0.1', port: 8443, webDir: undefined, publicUrl: undefined }
  assert.deepEqual(listenerOf({ LEVEE_LISTENER_PORT: '8443' }), {
    ...usual,
    trustedProxies: [],
    cspConnect: [],
  })
  assert.partialDeepStrictEqual(
    listenerOf({
      LEVEE_LISTENER_PORT: '8443',
      LEVEE_LISTENER_PUBLIC_URL: 'https://meet.example.org/',
      LEVEE_LISTENER_TRUSTED_PROXIES: '10.0.0.1, fd00::/8',
      LEVEE_LISTENER_CSP_CONNECT: 'wss://*.example.org https://*.example.org',
    }),
    {
      publicUrl: 'https://meet.example.org',
      trustedProxies: ['10.0.0.1', 'fd00::/8'],
      cspConnect: ['wss://*.example.org', 'https://*.example.org'],
    },
  )
})

test('an empty variable counts as missing', () => {
  assert.deepEqual(faultsOf({ LEVEE_SITE: ' ' }), ['LEVEE_SITE is missing: the site of this node.'])
  assert.deepEqual(faultsOf({ LEVEE_AGENT_PORT: '' }), [])
})

test('a variable that is not a setting is a fault, most likely a typing error', () => {
  assert.deepEqual(faultsOf({ LEVEE_LISTENER_PROT: '8443' }), [
    'LEVEE_LISTENER_PROT is not a setting of the agent.',
  ])
})

for (const [name, value] of [
  ['LEVEE_CONTROL_PLANE_URL', 'levee.example.org'],
  ['LEVEE_CONTROL_PLANE_URL', 'ws://levee.example.org'],
  ['LEVEE_CONTROL_PLANE_URL', 'https://user:password@levee.example.org'],
  ['LEVEE_CONTROL_PLANE_URL', 'https://levee.example.org/?a=b'],
  ['LEVEE_ENROLMENT_KEY', 'short'],
  ['LEVEE_ENROLMENT_KEY', 'with a space'],
  ['LEVEE_ENROLMENT_KEY', 'schlüssel-mit-umlaut'],
  ['LEVEE_NODE_ID', 'Edge-1'],
  ['LEVEE_NODE_ID', '-edge'],
  ['LEVEE_NODE_ID', 'e'.repeat(64)],
  ['LEVEE_SITE', 'Köln'],
  ['LEVEE_SITE', 's'.repeat(41)],
  ['LEVEE_ZONE', 'rack 7'],
  ['LEVEE_ZONE', 'z'.repeat(41)],
  ['LEVEE_NODE_URL', 'https://edge-1.example.org'],
  ['LEVEE_LISTENER_PORT', '65536'],
  ['LEVEE_LISTENER_PUBLIC_URL', 'meet.example.org'],
  ['LEVEE_LISTENER_PUBLIC_URL', 'https://meet.example.org/path'],
  ['LEVEE_LISTENER_TRUSTED_PROXIES', 'proxy.example.org'],
  ['LEVEE_LISTENER_TRUSTED_PROXIES', '10.0.0.0/8;192.168.0.0/16'],
  ['LEVEE_LISTENER_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['LEVEE_LISTENER_TRUSTED_PROXIES', '0.0.0.0/0'],
  ['LEVEE_LISTENER_TRUSTED_PROXIES', '10.0.0.1/'],
  ['LEVEE_LISTENER_CSP_CONNECT', "wss: ; script-src 'unsafe-inline'"],
  ['LEVEE_NODE_URL', 'wss://edge-1.example.org/rtc'],
  ['LEVEE_NODE_URL', 'wss://user@edge-1.example.org'],
  ['LEVEE_LIVEKIT_URL', 'ws://127.0.0.1:7880'],
  ['LEVEE_LIVEKIT_METRICS_URL', 'metrics'],
  ['LEVEE_LIVEKIT_API_KEY', 'ab'],
  ['LEVEE_LIVEKIT_API_SECRET', 's'.repeat(31)],
  ['LEVEE_AGENT_PORT', '65536'],
  ['LEVEE_AGENT_PORT', '-1'],
  ['LEVEE_CPU_SCOPE', 'vm'],
  ['LEVEE_CAPACITY_CPU_CORES', '0.001'],
  ['LEVEE_CAPACITY_TRACKS', '1,000'],
  ['LEVEE_CAPACITY_EGRESS_BYTES_PER_SEC', 'Infinity'],
  ['LEVEE_CAPACITY_PACKETS_PER_SEC', '0x10'],
  ['LEVEE_CAPACITY_JOINS_PER_SEC', '0.5'],
  ['LEVEE_CAPACITY_JOINS_PER_SEC', '2e6'],
  ['LEVEE_DRAIN_DEADLINE_SEC', '1.5'],
  ['LEVEE_DRAIN_DEADLINE_SEC', '86401'],
  ['LEVEE_LOG_LEVEL', 'verbose'],
] as const)
  test(`${name} refuses ${JSON.stringify(value.slice(0, 40))} and does not repeat it`, () => {
    const faults = faultsOf({ [name]: value })
    assert.equal(faults.length, 1)
    assert.match(faults[0] ?? '', new RegExp(`^${name} must (not )?(be|have|carry) .+\\.$`))
    assert.ok(!faults[0]?.includes(value))
  })

test('capacity set by the operator', () => {
  const read = readConfig({
    ...good,
    LEVEE_CAPACITY_CPU_CORES: '1.5',
    LEVEE_CAPACITY_EGRESS_BYTES_PER_SEC: '1e7',
    LEVEE_CAPACITY_JOINS_PER_SEC: '40',
  })
  assert.ok('config' in read)
  assert.equal(read.config.capacity.cpuCores, 1.5)
  assert.equal(read.config.capacity.egressBytesPerSec, 1e7)
  assert.equal(read.config.joinsPerSec, 40)
})

test('a zone is taken as written', () => {
  const read = readConfig({ ...good, LEVEE_ZONE: 'Hall-2.rack_07' })
  assert.ok('config' in read)
  assert.equal(read.config.zone, 'Hall-2.rack_07')
})

test('the process names all faults at once and exits with code 2', async () => {
  const agent = await runAgent({
    LEVEE_NODE_ID: 'UPPER',
    LEVEE_LIVEKIT_API_SECRET: 'tiny-secret',
    LEVEE_AGENT_PORT: 'many',
  })
  assert.equal(await agent.exited, 2)
  const lines = agent.output().trim().split('\n')
  assert.equal(lines.length, 9)
  for (const line of lines) assert.match(line, /^LEVEE_[A-Z_]+ (is missing: |must ).+\.$/)
  assert.doesNotMatch(agent.output(), /tiny-secret/)
})

test('a state folder that cannot be used is one sentence and exit code 2', async () => {
  const env = await agentEnv({
    controlPlaneUrl: 'http://127.0.0.1:1',
    livekitUrl: 'http://127.0.0.1:1',
    metricsUrl: 'http://127.0.0.1:1/metrics',
    stateDir: '/dev/null/state',
  })
  const agent = await runAgent(env)
  assert.equal(await agent.exited, 2)
  assert.match(agent.output(), /The node secret cannot be stored in LEVEE_STATE_DIR: /)
})
