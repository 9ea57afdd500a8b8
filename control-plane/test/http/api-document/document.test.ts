// The API document says everything that a program needs: names, descriptions, examples, problems, credentials.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Ajv } from 'ajv'
import { type ControlPlaneStack, startControlPlanes } from '../../../../deploy/stack/control-plane-stack.ts'
import { PROBLEMS } from '../../../src/contract/index.ts'
import { call } from '../../support/client.ts'
import { type ApiDocument, eachOperation } from './operations.ts'

let stack: ControlPlaneStack
let document: ApiDocument
before(async () => {
  stack = await startControlPlanes({ replicas: 1 })
  document = (await call<ApiDocument>(`${stack.url}/openapi.json`, 'GET')).body
})
after(() => stack.stop())

test('every operation has a name of its own, a summary, a tag and described parameters', () => {
  const names = new Set<string>()
  for (const { method, path, operation } of eachOperation(document)) {
    const at = `${method} ${path}`
    assert.match(operation.operationId ?? '', /^[a-z][A-Za-z]+$/, at)
    names.add(operation.operationId ?? '')
    assert.ok(operation.summary, at)
    assert.ok(
      document.tags.some(({ name }) => operation.tags?.includes(name)),
      `${at} has a tag of the list`,
    )
    for (const { name, description } of operation.parameters ?? []) assert.ok(description, `${at} ${name}`)
  }
  assert.equal(names.size, eachOperation(document).length)
})

test('every body has an example that is valid', () => {
  const ajv = new Ajv({ strict: false, formats: { 'date-time': true } })
  for (const { method, path, operation } of eachOperation(document)) {
    const body = operation.requestBody?.content['application/json']
    if (!body) continue
    assert.ok(body.example, `${method} ${path}`)
    const isRight = ajv.validate({ ...body.schema, components: document.components }, body.example)
    assert.ok(isRight, `${method} ${path}: ${ajv.errorsText()}`)
  }
})

test('every problem of the table is in the document, under its status and media type', () => {
  const seen = new Set<string>()
  for (const { method, path, operation } of eachOperation(document))
    for (const [status, { content, headers }] of Object.entries(operation.responses)) {
      if (status.startsWith('2')) continue
      assert.deepEqual(
        Object.keys(content ?? {}),
        ['application/problem+json'],
        `${method} ${path} ${status}`,
      )
      const codes = [...JSON.stringify(content).matchAll(/"enum":\[([^\]]+)\]/g)].flatMap(
        ([, list = '']) => JSON.parse(`[${list}]`) as (keyof typeof PROBLEMS)[],
      )
      for (const code of codes) {
        seen.add(code)
        assert.equal(String(PROBLEMS[code].status), status, code)
      }
      const waits = codes.some((code) => 'retryAfterSec' in PROBLEMS[code])
      assert.equal('Retry-After' in (headers ?? {}), waits, `${method} ${path} ${status}`)
    }
  // These are answered before there is a route.
  for (const code of ['request_timeout', 'headers_too_large', 'method_not_allowed']) seen.add(code)
  assert.deepEqual([...seen].toSorted(), Object.keys(PROBLEMS).toSorted())
})

test('every security scheme is used, and every one that is used is described', () => {
  const used = eachOperation(document).flatMap(({ operation }) =>
    (operation.security ?? []).flatMap((one) => Object.keys(one)),
  )
  assert.deepEqual([...new Set(used)].toSorted(), Object.keys(document.components.securitySchemes).toSorted())
})
