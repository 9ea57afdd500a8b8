/** Which credential may call which route of the API document. A route without a row fails the test. */
import { PROTOCOL_VERSION } from '../../../src/protocol/version.ts'
import type { Credential, Scene } from './credentials.ts'

export type Row = {
  /** Credentials that are let in; `everyone`: the route needs none. */
  lets: readonly Credential[] | 'everyone'
  /** Body that passes validation, so that only the credential decides. */
  body?: (scene: Scene) => object
  /** Parameters of the path; those that are missing are of the scene. */
  path?: Record<string, string>
  /** What it is about does not exist: who is let in is told so. */
  isMissing?: true
  /** It changes what the other rows need, and is tried last. */
  isLast?: true
}

const OPERATOR = ['operator key', 'operator session'] as const
const SITE = { ranges: [], fallback: [], boundary: 'soft', spare: 'none' }
const REPORT = {
  protocol: PROTOCOL_VERSION,
  bootId: 'authorisation',
  seq: 1,
  livekit: { up: true, rooms: [] },
  capacity: { cpuCores: 16, egressBytesPerSec: 1e9, packetsPerSec: 1e6, tracks: 100_000 },
  load: { cpuCores: 0, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 0 },
  host: { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 1, memoryLimitBytes: 2 },
}

export const MATRIX: Readonly<Record<string, Row>> = {
  'POST /v1/rooms': { lets: 'everyone', body: () => ({}) },
  'GET /v1/rooms/{room}': { lets: 'everyone' },
  'DELETE /v1/rooms/{room}': { lets: ['host key'], isLast: true },
  'PUT /v1/rooms/{room}/standby': { lets: OPERATOR, body: () => ({ level: 'off' }) },
  'POST /v1/rooms/{room}/join': { lets: 'everyone', body: () => ({ name: 'Ann' }) },
  // Its credential is the ticket in the body.
  'POST /v1/rooms/{room}/rejoin': { lets: [], body: () => ({ ticket: 'none' }) },
  'POST /v1/nodes/enrol': { lets: ['enrolment key'], body: ({ node }) => node.enrolment },
  'POST /v1/nodes/{node}/report': { lets: ['node'], body: () => REPORT },
  'POST /v1/nodes/{node}/offline-rooms': { lets: [], body: () => ({ grant: 'none', rooms: [] }) },
  'GET /v1/fleet': { lets: OPERATOR },
  'GET /v1/nodes': { lets: OPERATOR },
  'POST /v1/nodes/{node}/cordon': { lets: OPERATOR },
  'POST /v1/nodes/{node}/uncordon': { lets: OPERATOR },
  'POST /v1/nodes/{node}/drain': { lets: OPERATOR, body: () => ({ force: true }), isLast: true },
  'GET /v1/removed-nodes': { lets: OPERATOR },
  'DELETE /v1/removed-nodes/{node}': { lets: OPERATOR, path: { node: 'nobody' }, isMissing: true },
  'DELETE /v1/nodes/{node}': { lets: OPERATOR, path: { node: 'nobody' }, isMissing: true },
  'GET /v1/sites': { lets: OPERATOR },
  'PUT /v1/sites/{site}': { lets: OPERATOR, body: () => SITE },
  'POST /v1/sites/{site}/restart': { lets: OPERATOR, isLast: true },
  'DELETE /v1/sites/{site}/restart': { lets: OPERATOR, isLast: true },
  'GET /v1/tenants/{tenant}/standby': { lets: OPERATOR },
  'PUT /v1/tenants/{tenant}/standby': { lets: OPERATOR, body: () => ({ level: 'off' }) },
  'DELETE /v1/tenants/{tenant}/standby': { lets: OPERATOR },
  // Its credential is the key in the body.
  'POST /v1/operator/session': { lets: [], body: () => ({ key: 'wrong' }) },
  'DELETE /v1/operator/session': { lets: 'everyone', isLast: true },
  'GET /v1/audit': { lets: OPERATOR },
  'GET /livez': { lets: 'everyone' },
  'GET /readyz': { lets: 'everyone' },
  'GET /metrics': { lets: ['metrics key'] },
}
