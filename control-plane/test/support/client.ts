/** Calls real replicas as browsers and agents do. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type {
  CreatedRoom,
  Directive,
  Enrolled,
  EnrolNode,
  JoinAnswer,
  NodeReport,
  Problem,
  ProblemCode,
} from '../../src/contract/index.ts'
import { nodeCredential } from '../../src/protocol/node-credential.ts'
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts'

export type Answer<T> = { status: number; body: T; headers: Headers }

export async function call<T = Problem>(
  url: string,
  method: string,
  options: {
    body?: unknown
    raw?: string | Uint8Array<ArrayBuffer>
    bearer?: string
    headers?: Record<string, string>
  } = {},
): Promise<Answer<T>> {
  const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
  const reply = await fetch(url, {
    method,
    headers: {
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer}` }),
      ...options.headers,
    },
    ...(payload === undefined ? {} : { body: payload }),
  })
  const text = await reply.text()
  const isJson = /json/.test(reply.headers.get('content-type') ?? '')
  return { status: reply.status, body: (isJson ? JSON.parse(text) : text) as T, headers: reply.headers }
}

/** Asserts a refusal: its status, its code, and that it is a complete problem with a detail. */
export function assertProblem(answer: Answer<Problem>, status: number, code: ProblemCode): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.equal(answer.body.code, code)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(answer.body.status, status)
  assert.match(answer.body.detail, /\.$/)
  assert.equal(answer.body.type, `/problems/${code}`)
}

export async function createRoom(base: string, body: object = {}, bearer?: string): Promise<CreatedRoom> {
  const created = await call<CreatedRoom>(`${base}/v1/rooms`, 'POST', {
    body,
    ...(bearer !== undefined && { bearer }),
  })
  assert.equal(created.status, 201, JSON.stringify(created.body))
  return created.body
}

export function join(
  base: string,
  room: string,
  body: object = { name: 'Ann' },
): Promise<Answer<JoinAnswer & Problem>> {
  return call(`${base}/v1/rooms/${room}/join`, 'POST', { body })
}

export type AgentSpec = { node: string; site?: string; tracks?: number; url?: string }

export type Agent = {
  node: string
  secret: string
  /** The bearer of its requests, once it has enrolled. */
  credential: () => string
  enrolment: EnrolNode
  enrol(): Promise<Answer<Problem>>
  report(change?: Partial<NodeReport>): Promise<Answer<Directive & Problem>>
}

/** An edge agent's requests without a node behind them, for what the control plane decides by itself. */
export function agentFor(base: string, enrolmentKey: string, spec: AgentSpec): Agent {
  const secret = randomBytes(32).toString('base64url')
  const bootId = randomBytes(8).toString('hex')
  let seq = 0
  let seal = ''
  const credential = () => nodeCredential(secret, seal)
  const enrolment: EnrolNode = {
    protocol: PROTOCOL_VERSION,
    node: spec.node,
    site: spec.site ?? 'hq',
    url: spec.url ?? `ws://localhost:7880`,
    apiKey: `key-${spec.node}`,
    apiSecret: randomBytes(24).toString('hex'),
    nodeSecret: secret,
    agentVersion: 'test',
  }
  return {
    node: spec.node,
    secret,
    credential,
    enrolment,
    async enrol() {
      const answer = await call<Enrolled & Problem>(`${base}/v1/nodes/enrol`, 'POST', {
        body: enrolment,
        bearer: enrolmentKey,
      })
      if (answer.status === 200) seal = answer.body.seal
      return answer
    },
    report: (change = {}) => {
      seq += 1
      const report: NodeReport = {
        protocol: PROTOCOL_VERSION,
        bootId,
        seq,
        livekit: { up: true, rooms: [] },
        capacity: {
          cpuCores: 16,
          egressBytesPerSec: 1e9,
          packetsPerSec: 1e6,
          tracks: spec.tracks ?? 16 * 4_000,
        },
        load: { cpuCores: 0, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 0 },
        host: { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 1e9, memoryLimitBytes: 8e9 },
        ...change,
      }
      return call(`${base}/v1/nodes/${spec.node}/report`, 'POST', { body: report, bearer: credential() })
    },
  }
}

/** An agent that has enrolled and serves. */
export async function servingAgent(base: string, enrolmentKey: string, spec: AgentSpec): Promise<Agent> {
  const agent = agentFor(base, enrolmentKey, spec)
  assert.equal((await agent.enrol()).status, 200)
  assert.equal((await agent.report()).status, 200)
  return agent
}
