// A node without LiveKit and without an agent: it exists by the reports that the test sends for it.
import assert from 'node:assert/strict'
import type { Directive, Enrolled, EnrolNode, NodeReport } from '@levee/control-plane/contract'
import { nodeCredential } from '@levee/control-plane/protocol/node-credential'
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import type { Stack } from '../../../deploy/stack/stack.ts'

const SECRET = 'a'.repeat(43)
const CAPACITY = { cpuCores: 64, egressBytesPerSec: 1e12, packetsPerSec: 1e9, tracks: 1_000 }
/** Well within the time after which a silent node is suspect. */
const REPORT_EVERY_MS = 1_000

/** Of each room that a node reports. */
export const ROOM = { participants: 2, tracks: 100 }

export interface Reading {
  /** LiveKit's names of the rooms on the node. */
  rooms: readonly string[]
  /** Load that belongs to no room: it makes a node full. */
  otherTracks: number
  /** The agent received a stop signal and stops within this time. */
  leavingSec: number | undefined
}
export const IDLE: Reading = { rooms: [], otherTracks: 0, leavingSec: undefined }

export interface ReportedNode {
  id: string
  /** Sends a changed reading at once, and resolves with the reply. */
  report(change?: Partial<Reading>): Promise<Directive>
  /** No more reports. */
  stop(): Promise<void>
}

/** A node that reports every second until it is stopped. */
export async function startReportedNode(stack: Stack, id: string, site: string): Promise<ReportedNode> {
  const credential = await enrol(stack, id, site)
  let reading = IDLE
  let seq = 0
  let last: Promise<unknown> = Promise.resolve()
  const report = (): Promise<Directive> => {
    const body = reportOf(reading, ++seq)
    const reply = last.then(() => send(stack, id, credential, body))
    last = reply
    return reply
  }
  const timer = setInterval(() => void report(), REPORT_EVERY_MS)
  await report()
  return {
    id,
    report(change = {}) {
      reading = { ...reading, ...change }
      return report()
    },
    async stop() {
      clearInterval(timer)
      await last
    },
  }
}

/** A node that enrols and reports once, with this load. */
export async function reportNodeOnce(stack: Stack, id: string, site: string, tracks: number): Promise<void> {
  const credential = await enrol(stack, id, site)
  await send(stack, id, credential, reportOf({ ...IDLE, otherTracks: tracks }, 1))
}

function reportOf({ rooms, otherTracks, leavingSec }: Reading, seq: number): NodeReport {
  return {
    protocol: PROTOCOL_VERSION,
    bootId: 'reported-by-a-test',
    seq,
    livekit: { up: true, rooms: rooms.map((name) => ({ name, ...ROOM })) },
    ...(leavingSec !== undefined && { leaving: { withinSec: leavingSec } }),
    capacity: CAPACITY,
    load: {
      cpuCores: 0,
      egressBytesPerSec: 0,
      packetsPerSec: 0,
      tracks: otherTracks + rooms.length * ROOM.tracks,
    },
    host: { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 1, memoryLimitBytes: 2 },
  }
}

/** Resolves to the bearer of the node’s reports. */
async function enrol(stack: Stack, node: string, site: string): Promise<string> {
  const enrolment: EnrolNode = {
    protocol: PROTOCOL_VERSION,
    node,
    site,
    url: 'wss://nowhere.invalid',
    apiKey: 'devkey',
    apiSecret: 's'.repeat(32),
    nodeSecret: SECRET,
    agentVersion: '0.0.0',
  }
  const reply = await post(`${stack.url}/v1/nodes/enrol`, stack.enrolmentKey, enrolment)
  return nodeCredential(SECRET, ((await reply.json()) as Enrolled).seal)
}

async function send(stack: Stack, node: string, credential: string, report: NodeReport): Promise<Directive> {
  const reply = await post(`${stack.url}/v1/nodes/${node}/report`, credential, report)
  return (await reply.json()) as Directive
}

async function post(url: string, key: string, body: object): Promise<Response> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(reply.ok, `${url}: ${reply.status}`)
  return reply
}
