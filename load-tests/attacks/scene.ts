// What is attacked: one control plane with the rates of the product, two nodes at two sites, and a meeting on one of them.
import type {
  CreatedRoom,
  Directive,
  Enrolled,
  EnrolNode,
  JoinAnswer,
  NodeReport,
  Problem,
} from '@levee/control-plane/contract'
import { nodeCredential } from '@levee/control-plane/protocol/node-credential'
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import { type ControlPlaneStack, startControlPlanes } from '@levee/deploy/control-plane-stack'

export interface Answer<T> {
  status: number
  body: T & Partial<Problem>
  headers: Headers
}

export interface CallOptions {
  bearer?: string
  body?: unknown
  raw?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** A node that does and says what the attack wants: its administrator has root on it. */
export interface RogueNode {
  id: string
  site: string
  enrolment: EnrolNode
  credential: string
  report(change?: Partial<NodeReport>): Promise<Answer<Directive>>
}

export interface Scene {
  /** Nothing else runs on this machine: figures are held against their limits. */
  isQuiet: boolean
  stack: ControlPlaneStack
  /** Each call comes from an address of its own unless it names one: limits by address are an attack of their own. */
  call<T = object>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>
  enrol(id: string, site: string): Promise<RogueNode>
  createRoom(body?: object): Promise<CreatedRoom>
  join(room: string, body?: object): Promise<Answer<JoinAnswer>>
  /** Carries the meetings of honest people. */
  honest: RogueNode
  rogue: RogueNode
  close(): Promise<void>
}

/** A call without `x-forwarded-for` comes from this address. */
const OWN_ADDRESS_HEADER = 'x-forwarded-for'

export async function openScene({ isQuiet }: Pick<Scene, 'isQuiet'>): Promise<Scene> {
  const stack = await startControlPlanes({
    replicas: 1,
    logLevel: 'warn',
    rates: 'product',
    controlPlaneEnv: { LEVEE_TRUSTED_PROXIES: '127.0.0.1' },
  })
  let calls = 0

  async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const {
      bearer,
      body,
      raw = body === undefined ? undefined : JSON.stringify(body),
      headers,
      signal,
    } = options
    calls++
    const response = await fetch(stack.url + path, {
      method,
      headers: {
        [OWN_ADDRESS_HEADER]: `10.${(calls >> 16) & 255}.${(calls >> 8) & 255}.${calls & 255}`,
        ...(raw !== undefined && { 'content-type': 'application/json' }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(raw !== undefined && { body: raw }),
      ...(signal && { signal }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : {}) as Answer<T>['body'],
      headers: response.headers,
    }
  }

  async function enrol(id: string, site: string): Promise<RogueNode> {
    const enrolment: EnrolNode = {
      protocol: PROTOCOL_VERSION,
      node: id,
      site,
      url: `wss://${id}.example.org`,
      apiKey: `key-${id}`,
      apiSecret: `secret-of-${id}-`.padEnd(40, 'x'),
      nodeSecret: Buffer.from(id.padEnd(32, '.')).toString('base64url').padEnd(43, 'x').slice(0, 43),
      agentVersion: 'rogue',
    }
    const { body } = await call<Enrolled>('POST', '/v1/nodes/enrol', {
      bearer: stack.enrolmentKey,
      body: enrolment,
    })
    if (body.seal === undefined) throw new Error(`the enrolment of ${id} was refused: ${body.code}`)
    const credential = nodeCredential(enrolment.nodeSecret, body.seal)
    let seq = 0
    const report = (change: Partial<NodeReport> = {}) =>
      call<Directive>('POST', `/v1/nodes/${id}/report`, {
        bearer: credential,
        body: { ...reportOf(++seq), ...change },
      })
    await report()
    return { id, site, enrolment, credential, report }
  }

  const created = async (body: object = {}) => (await call<CreatedRoom>('POST', '/v1/rooms', { body })).body
  const join = (room: string, body: object = { name: 'Ann' }) =>
    call<JoinAnswer>('POST', `/v1/rooms/${room}/join`, { body })
  try {
    const [honest, rogue] = [await enrol('honest', 'hq'), await enrol('rogue', 'branch')]
    return {
      isQuiet,
      stack,
      call,
      enrol,
      createRoom: created,
      join,
      honest,
      rogue,
      close: () => stack.stop(),
    }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

const reportOf = (seq: number): NodeReport => ({
  protocol: PROTOCOL_VERSION,
  bootId: 'a-rogue-boot',
  seq,
  livekit: { up: true, rooms: [] },
  capacity: { cpuCores: 16, egressBytesPerSec: 1e9, packetsPerSec: 1e6, tracks: 6_400 },
  load: { cpuCores: 0, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 0 },
  host: { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 1e9, memoryLimitBytes: 8e9 },
})
