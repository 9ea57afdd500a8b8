// Thousands of requests that are made from the API document: none is an internal fault, and every answer is as described.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Ajv, type ValidateFunction } from 'ajv'
import * as fc from 'fast-check'
import { type ControlPlaneStack, startControlPlanes } from '../../../../deploy/stack/control-plane-stack.ts'
import { soakSize } from '../../../../deploy/stack/soak.ts'
import { call } from '../../support/client.ts'
import { CREDENTIALS, openScene, type Scene } from '../authorisation/credentials.ts'
import { type MadeRequest, requestOf } from './arbitrary.ts'
import { type ApiDocument, eachOperation, type Operation } from './operations.ts'

/** For each operation. */
const REQUESTS = soakSize(3_000, 130)

let stack: ControlPlaneStack
let scene: Scene
let document: ApiDocument
before(async () => {
  const controlPlaneEnv = { LEVEE_TRUSTED_PROXIES: '127.0.0.1' }
  stack = await startControlPlanes({ replicas: 1, logLevel: 'warn', controlPlaneEnv })
  scene = await openScene(stack)
  document = (await call<ApiDocument>(`${stack.url}/openapi.json`, 'GET')).body
})
after(() => stack.stop())

const ajv = new Ajv({ strict: false, formats: { 'date-time': true } })
const validators = new Map<object, ValidateFunction>()
let sent = 0

function validatorOf(schema: object): ValidateFunction {
  const known = validators.get(schema)
  if (known) return known
  const validate = ajv.compile({ ...schema, components: document.components })
  validators.set(schema, validate)
  return validate
}

/** Sends the request from an address of its own, and says what is wrong with the answer. */
async function faultOf(
  method: string,
  { path, query, body, contentType }: MadeRequest,
  headers: Record<string, string>,
  operation: Operation,
): Promise<string | undefined> {
  const answer = await call<unknown>(`${stack.url}${path}${query && `?${query}`}`, method, {
    ...(body !== undefined && method !== 'GET' && { raw: body }),
    headers: {
      ...headers,
      'content-type': contentType,
      'x-forwarded-for': `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent++ & 255}`,
    },
  })
  const { status } = answer
  if (status >= 500) return `${status}: ${JSON.stringify(answer.body)}`
  const described = operation.responses[String(status)]
  if (!described) return `${status} is not described: ${JSON.stringify(answer.body)}`
  const media = (answer.headers.get('content-type') ?? '').split(';')[0] ?? ''
  if (status === 204) return media === '' ? undefined : `204 with ${media}`
  const schema = described.content?.[media]?.schema
  if (!schema) return `${status} as ${media} is not described`
  const validate = validatorOf(schema)
  if (validate(answer.body)) return undefined
  return `${status}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(answer.body).slice(0, 300)}`
}

test('no request is an internal fault, and every answer has a described status, media type and shape', async (t) => {
  const known = { room: scene.room.room, node: scene.node.node, site: 'hq', tenant: 'acme' }
  const faults: string[] = []
  for (const { method, path, operation } of eachOperation(document)) {
    // It would end the session that the other operations use.
    if (path === '/v1/operator/session' && method === 'DELETE') continue
    const requests = fc.tuple(requestOf(path, operation, document, known), fc.constantFrom(...CREDENTIALS))
    const outcome = await fc.check(
      fc.asyncProperty(requests, async ([made, credential]) => {
        const fault = await faultOf(method, made, scene.headers[credential], operation)
        if (fault !== undefined)
          throw new Error(`${credential}, ${JSON.stringify(made).slice(0, 400)}\n${fault}`)
      }),
      { numRuns: REQUESTS, endOnFailure: true },
    )
    if (outcome.failed)
      faults.push(`${method} ${path}, seed ${outcome.seed}: ${String(outcome.errorInstance)}`)
  }
  t.diagnostic(`${sent} requests`)
  assert.ok(sent > 20 * REQUESTS)
  assert.deepEqual(faults, [])
})
