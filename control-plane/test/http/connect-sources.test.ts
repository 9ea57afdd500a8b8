// What a page may connect to: the origins of the enrolled nodes, and nothing else.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ControlPlaneStack, startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import { ensureWebBuild } from '../../../deploy/stack/tools/web-build.ts'
import { until } from '../../../deploy/stack/until.ts'
import { nodeSources, ownDomainSources } from '../../src/protocol/security-headers.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { agentFor } from '../support/client.ts'

/** Without nodes: the control plane, and this machine, because it is reached as localhost. */
const OWN = ["'self'", ...ownDomainSources('http://localhost')].join(' ')

let stack: ControlPlaneStack
/** Replicas without a setting of their own. */
let urls: string[]
before(async () => {
  await ensureWebBuild()
  stack = await startControlPlanes({ logLevel: 'warn', replicas: 2 })
  urls = [...stack.urls]
})
after(() => stack.stop())

const enrol = async (node: string, url: string, site = 'hq') => {
  assert.equal((await agentFor(stack.url, stack.enrolmentKey, { node, url, site }).enrol()).status, 200)
}

async function policyOf(url: string): Promise<string> {
  return (await fetch(`${url}/m/anything`)).headers.get('content-security-policy') ?? ''
}
const sourcesOf = async (url: string): Promise<string> =>
  /connect-src ([^;]*)/.exec(await policyOf(url))?.[1] ?? 'none'

const everywhere = (expected: string) =>
  until(async () => (await Promise.all(urls.map(sourcesOf))).every((sources) => sources === expected), {
    what: `connect-src ${expected} from every replica`,
    timeoutMs: 5_000,
  })

test('without nodes only the control plane; a node that enrols follows within seconds, from every replica', async () => {
  for (const url of urls) assert.equal(await sourcesOf(url), OWN)
  await enrol('b', 'wss://b.example.org:7443')
  await everywhere(`${OWN} wss://b.example.org:7443 https://b.example.org:7443`)
  await enrol('a', 'ws://localhost:7880', 'branch')
  await everywhere(
    `${OWN} ws://localhost:7880 http://localhost:7880 wss://b.example.org:7443 https://b.example.org:7443`,
  )
  // The new address of a node takes the place of the old one.
  await agentFor(stack.url, stack.enrolmentKey, { node: 'c', url: 'wss://b.example.org:7443' }).enrol()
  await everywhere(
    `${OWN} ws://localhost:7880 http://localhost:7880 wss://b.example.org:7443 https://b.example.org:7443`,
  )
})

test('text that runs as script is refused to pages', async () => {
  assert.match(await policyOf(stack.url), /;require-trusted-types-for 'script'(;|$)/)
})

test('sources that an administrator has set replace those of the nodes', async () => {
  const replica = await stack.addControlPlane({ LEVEE_CSP_CONNECT: 'wss://*.edge.example.org' })
  await until(async () => (await fetch(`${replica.url}/readyz`)).ok, { what: 'the replica' })
  assert.equal(await sourcesOf(replica.url), "'self' wss://*.edge.example.org")
})

test('nodes that are too many for a header: any TLS address, and the policy stays under 4 KB', async () => {
  for (let index = 0; index <= PLACEMENT.listedNodes; index++)
    await enrol(`many-${index}`, `wss://many-${index}.a-long-name-of-a-branch.example.org`)
  await everywhere("'self' wss: https:")
  for (const url of urls) assert.ok((await policyOf(url)).length < 4_096)
})

test('a node’s URL cannot add anything to the policy', () => {
  assert.deepEqual(nodeSources('wss://Edge.example.org/path?x'), [
    'wss://edge.example.org',
    'https://edge.example.org',
  ])
  for (const url of [
    'wss://*',
    'wss://*.example.org',
    'wss://a;script-src',
    "wss://a,'unsafe-inline'",
    'wss://[::1]:7880',
    'ftp://a.example.org',
    'javascript:1',
    'no address',
    '',
  ])
    assert.deepEqual(nodeSources(url), [], url)
})

test('nodes in the organisation’s own domain may enrol while a page is open', () => {
  assert.deepEqual(ownDomainSources('https://meet.example.org'), [
    'wss://*.example.org:*',
    'https://*.example.org:*',
  ])
  assert.ok(ownDomainSources('http://localhost:8080').includes('ws://localhost:*'))
  for (const url of ['https://example.org', 'https://10.0.0.1', 'https://[::1]:8443', 'https://levee'])
    assert.deepEqual(ownDomainSources(url), [], url)
})
