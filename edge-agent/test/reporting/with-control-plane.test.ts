// Runs alone: a kill has to be visible in the fleet within 500 ms.
/** Reports and directives between the agent and the real control plane, over a real Redis. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { startStack, type Stack } from '../../../deploy/stack/stack.ts'
import { agentEnv, runAgent, type Agent } from '../support/agent.ts'
import { startLivekit, type Livekit } from '../support/livekit.ts'
import { API_SECRET, tempDir, until } from '../support/workplace.ts'

let stack: Stack
let livekit: Livekit
let env: Record<string, string>
let agent: Agent

before(async () => {
  stack = await startStack({ nodes: [] })
  livekit = await startLivekit()
})
after(() => stack.stop())
beforeEach(async () => {
  env = await agentEnv(
    {
      controlPlaneUrl: stack.url,
      livekitUrl: livekit.url,
      metricsUrl: livekit.metricsUrl,
      stateDir: await tempDir(),
    },
    { LEVEE_ENROLMENT_KEY: stack.enrolmentKey },
  )
})
afterEach(() => agent.stop())

const ask = async (method: string, path: string): Promise<string> => {
  const headers = { authorization: `Bearer ${stack.operatorKey}` }
  const reply = await fetch(`${stack.url}${path}`, { method, headers })
  assert.ok(reply.ok, `${method} ${path} answered ${reply.status}`)
  return reply.text()
}
type Node = { node: string; site: string; url: string; status: string; rooms: number; load: object | null }
const nodeNow = async (id: string) =>
  (JSON.parse(await ask('GET', '/v1/fleet')) as { nodes: Node[] }).nodes.find(({ node }) => node === id)
const nodeIs = (id: string, status: string, timeoutMs?: number) =>
  until(`${id} ${status}`, async () => (await nodeNow(id))?.status === status, timeoutMs)

test('a node enrols, serves, is cordoned, and is down at once in the fleet when its LiveKit is killed', async (t) => {
  agent = await runAgent({ ...env, LEVEE_NODE_ID: 'life-1' })
  await nodeIs('life-1', 'serving')
  const node = await until('a load', async () => {
    const one = await nodeNow('life-1')
    return one?.load && one
  })
  assert.equal(node.site, 'head-office')
  assert.equal(node.url, 'wss://edge-1.example.org')

  await ask('POST', '/v1/nodes/life-1/cordon')
  await until('the agent cordoned', () => agent.output().includes('the node is cordoned'))
  await ask('POST', '/v1/nodes/life-1/uncordon')
  await until('the agent serving again', () => agent.output().match(/the node is serving/g)?.length === 2)

  const killedAtMs = livekit.signal('SIGKILL')
  await until('the fleet without it', async () => (await nodeNow('life-1'))?.status !== 'serving', 2_000)
  const tookMs = performance.now() - killedAtMs
  t.diagnostic(`the fleet knew ${Math.round(tookMs)} ms after the kill`)
  assert.ok(tookMs < 500, `took ${tookMs} ms`)
  await livekit.restart()
  await nodeIs('life-1', 'serving')
})

test('Redis has lost everything: the node enrols again by itself', async () => {
  agent = await runAgent({ ...env, LEVEE_NODE_ID: 'lost-1' })
  await nodeIs('lost-1', 'serving')
  await emptyRedis(stack.redisUrl)
  assert.equal(await nodeNow('lost-1'), undefined)
  await nodeIs('lost-1', 'serving')
  assert.equal(agent.output().match(/"msg":"enrolled"/g)?.length, 2)
})

test('a wrong enrolment key: refused with one clear log line', async () => {
  agent = await runAgent({ ...env, LEVEE_NODE_ID: 'wrong-1', LEVEE_ENROLMENT_KEY: 'not-the-enrolment-key' })
  await until('the line', () => agent.output().includes('enrolment refused: '))
  const lines = agent
    .output()
    .split('\n')
    .filter((line) => line.includes('"level":50'))
  assert.equal(lines.length, 1)
  const { status, msg } = JSON.parse(lines[0] ?? '') as { status: number; msg: string }
  assert.equal(status, 401)
  assert.match(msg, /enrolment key/i)
  assert.ok(!agent.output().includes('not-the-enrolment-key') && !agent.output().includes(API_SECRET))
  assert.equal(await nodeNow('wrong-1'), undefined)
})

test('a second agent cannot take the id of the first', async () => {
  agent = await runAgent({ ...env, LEVEE_NODE_ID: 'twice-1' })
  await nodeIs('twice-1', 'serving')
  const other = await runAgent({
    ...env,
    ...(await agentEnv({
      controlPlaneUrl: stack.url,
      livekitUrl: livekit.url,
      metricsUrl: livekit.metricsUrl,
      stateDir: await tempDir(),
    })),
    LEVEE_ENROLMENT_KEY: stack.enrolmentKey,
    LEVEE_NODE_ID: 'twice-1',
    LEVEE_SITE: 'elsewhere',
  })
  await until('the refusal', () => other.output().includes('enrolment refused: '))
  assert.equal((await nodeNow('twice-1'))?.site, 'head-office')
  await other.stop()
})

async function emptyRedis(url: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('FLUSHALL\r\n')
  const answer = await new Promise<Buffer>((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('error', reject)
  })
  assert.equal(answer.toString(), '+OK\r\n')
  socket.destroy()
}
