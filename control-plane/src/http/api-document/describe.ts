/** Completes the API document that is generated from the routes. */
import { PROBLEMS, type ProblemCode } from '../../protocol/problems/problem-table.ts'
import { refusalsOf, type RouteFacts } from './refusals.ts'

type Json = { [key: string]: unknown }

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const DONE: Record<string, string> = { 200: 'Done.', 201: 'Created.', 204: 'Done; no content.' }

/**
 * Names the problems of each operation by status, with their media type and headers, and moves schemas with a title to
 * the components, so that generated clients have one type for each. `facts`: by `<METHOD> <path>`.
 */
export function describe(document: Json, facts: ReadonlyMap<string, RouteFacts>, problem: Json): Json {
  const schemas: Json = {}
  named(problem, schemas)
  const paths: Json = {}
  for (const [path, methods] of Object.entries(document['paths'] as Record<string, Record<string, Json>>))
    paths[path] = Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => {
        const known = facts.get(`${method.toUpperCase()} ${path}`)
        return [method, named({ ...operation, responses: responsesOf(operation, known) }, schemas)]
      }),
    )
  const components = document['components'] as Json
  return { ...document, paths, components: { ...components, schemas: sorted(schemas) } }
}

function responsesOf({ responses }: Json, facts: RouteFacts | undefined): Json {
  const all = responses as Record<string, Json>
  const answers = Object.entries(all)
    .filter(([status]) => /^2\d\d$/.test(status))
    .map(([status, response]) => [status, answered(status, response)] as const)
  return { ...Object.fromEntries(answers), ...problemsByStatus(facts ? refusalsOf(facts) : []) }
}

function answered(status: string, { content, ...response }: Json): Json {
  const description = DONE[status] ?? String(response['description'])
  return status === '204' ? { description } : { ...response, description, content }
}

function problemsByStatus(codes: readonly ProblemCode[]): Json {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => {
      const waits = some.some((code) => 'retryAfterSec' in PROBLEMS[code])
      return [
        status,
        {
          description: some.map((code) => `\`${code}\`: ${PROBLEMS[code].detail}`).join('\n\n'),
          ...(waits && { headers: RETRY_AFTER }),
          content: {
            'application/problem+json': {
              schema: {
                allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: some } } }],
              },
            },
          },
        },
      ]
    }),
  )
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds until a new attempt makes sense.', schema: { type: 'integer' } },
}

/** The same value with a reference in place of each schema that has a title. */
function named(value: unknown, schemas: Json): unknown {
  if (Array.isArray(value)) return value.map((one) => named(one, schemas))
  if (!isObject(value)) return value
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, named(one, schemas)]))
  const { title } = inner
  if (typeof title !== 'string' || !('type' in inner || 'anyOf' in inner)) return inner
  schemas[title] = inner
  return { $ref: `#/components/schemas/${title}` }
}

const sorted = (schemas: Json): Json =>
  Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => a.localeCompare(b)))
