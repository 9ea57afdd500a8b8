/** Requests made from the schemas of the API document: mostly almost right, sometimes nonsense. */
import * as fc from 'fast-check'
import type { ApiDocument, Operation, Schema } from './operations.ts'

/** Texts that have been trouble somewhere. */
const HOSTILE = [
  '',
  ' ',
  '\u0000',
  '\n\r',
  '../../etc/passwd',
  '%00',
  '{lv}:meta',
  '__proto__',
  'constructor',
  '<script>alert(1)</script>',
  "' or 1=1 --",
  '\ud800',
  '\u202e\u200b',
  '9'.repeat(400),
  'ا'.repeat(50),
]
const NUMBERS = [0, -1, -0, 1, 1.5, 2 ** 31, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE]

const anyText = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 80, unit: 'binary' }))
const anyJson = fc.oneof(anyText, fc.constantFrom<unknown>(...NUMBERS, true, null, [], {}), fc.jsonValue())

/** A value of the schema, or in a fifth of the cases any other. */
function valueOf(schema: Schema, document: ApiDocument): fc.Arbitrary<unknown> {
  const right = rightValue(resolve(schema, document), document)
  return fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: anyJson })
}

function resolve(schema: Schema, document: ApiDocument): Schema {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema['$ref']))?.[1]
  return name === undefined ? schema : (document.components.schemas[name] ?? {})
}

function rightValue(schema: Schema, document: ApiDocument): fc.Arbitrary<unknown> {
  if (Array.isArray(schema['enum'])) return fc.constantFrom<unknown>(...(schema['enum'] as unknown[]))
  if (Array.isArray(schema['anyOf']))
    return fc.oneof(...(schema['anyOf'] as Schema[]).map((one) => valueOf(one, document)))
  switch (schema['type']) {
    case 'string':
      return textOf(schema)
    case 'integer':
    case 'number':
      return numberOf(schema)
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valueOf(schema['items'] as Schema, document), { maxLength: 5 })
    case 'object':
      return objectOf(schema, document)
    case 'null':
      return fc.constant(null)
    default:
      return anyJson
  }
}

function textOf({ pattern, maxLength, format }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  if (typeof pattern === 'string' && !/\\ud800/.test(pattern)) return fc.stringMatching(new RegExp(pattern))
  return fc.string({ maxLength: Math.min(Number(maxLength ?? 60), 200), unit: 'grapheme' })
}

function numberOf({ minimum = -1e9, maximum = 1e9, type }: Schema): fc.Arbitrary<number> {
  const [min, max] = [Number(minimum), Number(maximum)]
  const edges = [min, max, min - 1, max + 1].filter((edge) => Number.isFinite(edge))
  const between =
    type === 'integer'
      ? fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(max, 2 ** 31) })
      : fc.double({ min, max, noNaN: true })
  return fc.oneof(between, fc.constantFrom(...edges))
}

function objectOf({ properties = {}, required = [] }: Schema, document: ApiDocument): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties as Record<string, Schema>).map(([name, one]) => [name, valueOf(one, document)]),
  )
  const right = fc.record(fields, { requiredKeys: required as string[] })
  const lacking = fc.record(fields, { requiredKeys: [] })
  const strange = fc
    .tuple(right, anyText, anyJson)
    .map(([object, name, value]) => ({ ...(object as object), [name]: value }))
  return fc.oneof(
    { weight: 8, arbitrary: right },
    { weight: 1, arbitrary: lacking },
    { weight: 1, arbitrary: strange },
  )
}

export type MadeRequest = {
  path: string
  query: string
  body: string | undefined
  contentType: string
}

/** A request of an operation. `known`: values of path parameters that exist, used in half of the cases. */
export function requestOf(
  path: string,
  { parameters = [], requestBody }: Operation,
  document: ApiDocument,
  known: Readonly<Record<string, string>>,
): fc.Arbitrary<MadeRequest> {
  const inPath = parameters.filter((one) => one.in === 'path')
  const inQuery = parameters.filter((one) => one.in === 'query')
  const segment = (name: string, schema: Schema) =>
    fc.oneof(fc.constant(known[name] ?? 'unknown'), textOf(schema), anyText)
  const params = fc.record(
    Object.fromEntries(inPath.map(({ name, schema }) => [name, segment(name, schema)])),
  )
  const query = fc.record(
    Object.fromEntries(inQuery.map(({ name, schema }) => [name, fc.oneof(textOf(schema), anyText)])),
    { requiredKeys: [] },
  )
  const schema = requestBody?.content['application/json']?.schema
  const body = schema
    ? fc.oneof(
        { weight: 12, arbitrary: valueOf(schema, document).map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: anyText },
        { weight: 1, arbitrary: fc.constant(undefined) },
      )
    : fc.constantFrom(undefined, undefined, '{}', 'x')
  const contentType = fc.oneof(
    { weight: 12, arbitrary: fc.constant('application/json') },
    { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'x') },
  )
  return fc.record({ params, query, body, contentType }).map((made) => ({
    path: path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(String(made.params[name]))),
    query: new URLSearchParams(made.query as Record<string, string>).toString(),
    body: made.body,
    contentType: made.contentType,
  }))
}

/** Half of a surrogate pair cannot be encoded. An empty or dotted segment would be another path. */
function encoded(text: string): string {
  const safe = encodeURIComponent(text.toWellFormed())
  return /^\.{0,2}$/.test(safe) ? '%20' : safe
}
