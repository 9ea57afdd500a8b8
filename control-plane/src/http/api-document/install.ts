import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { operatorCookieName } from '../auth.ts'
import type { App } from '../route.ts'
import { Problem } from '../../contract/index.ts'
import { describe } from './describe.ts'
import type { RouteFacts } from './refusals.ts'

const pageFile = (name: string): string => readFileSync(join(import.meta.dirname, 'page', name), 'utf8')

/** Serves OpenAPI 3.1, generated from the schemas that validate, at /openapi.json, and a page to read it at /docs. */
export async function installOpenApi(app: App, publicUrl: string): Promise<void> {
  const facts = collectFacts(app)
  await app.register(swagger, {
    transformObject: (from) => describeObject(from, facts),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Levee control plane',
        version: '1',
        description:
          'Rooms, joins, edge nodes and their headroom. Every refusal is an RFC 9457 problem with a `code` of a closed list.',
        license: { name: 'Apache-2.0' },
      },
      servers: [{ url: publicUrl }],
      tags: [
        { name: 'rooms', description: 'Create, join, rejoin, end.' },
        { name: 'tenants', description: 'Settings of one organisation’s meetings, for operators.' },
        { name: 'fleet', description: 'Nodes, sites and headroom, for operators.' },
        { name: 'nodes', description: 'Enrolment and reports, for edge agents.' },
        { name: 'operator', description: 'Sign in and out of the operations page.' },
        { name: 'health', description: 'Probes and metrics.' },
      ],
      components: {
        securitySchemes: {
          operator: { type: 'http', scheme: 'bearer', description: 'Operator key' },
          operatorSession: {
            type: 'apiKey',
            in: 'cookie',
            name: operatorCookieName(publicUrl.startsWith('https:')),
            description: 'Set by POST /v1/operator/session.',
          },
          hostKey: { type: 'http', scheme: 'bearer', description: 'Host key of the room' },
          enrolment: { type: 'http', scheme: 'bearer', description: 'Enrolment key' },
          node: { type: 'http', scheme: 'bearer', description: 'Node secret made by the agent' },
          metrics: { type: 'http', scheme: 'bearer', description: 'Metrics key' },
        },
      },
    },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: {
      docExpansion: 'list',
      deepLinking: true,
      tryItOutEnabled: false,
      validatorUrl: null,
      // Without Swagger’s own top bar.
      layout: 'BaseLayout',
    },
    theme: {
      title: 'Levee API',
      css: [{ filename: 'reference.css', content: pageFile('reference.css') }],
      js: [{ filename: 'reference.js', content: pageFile('reference.js') }],
    },
    // Swagger’s page uses style attributes; no other page may.
    staticCSP:
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'",
  })
}

/** Of every route, by `<METHOD> <path>`. */
function collectFacts(app: App): ReadonlyMap<string, RouteFacts> {
  const facts = new Map<string, RouteFacts>()
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    for (const one of [method].flat()) {
      const path = url.replace(/:(\w+)/g, '{$1}')
      facts.set(`${one} ${path}`, {
        method: one,
        access: config?.access ?? 'anyone',
        refuses: config?.refuses ?? [],
        hasBody: schema?.body !== undefined,
        hasParams: schema?.params !== undefined,
        hasQuery: schema?.querystring !== undefined,
      })
    }
  })
  return facts
}

type Transform = Exclude<FastifyDynamicSwaggerOptions['transformObject'], undefined>

function describeObject(
  from: Parameters<Transform>[0],
  facts: ReadonlyMap<string, RouteFacts>,
): ReturnType<Transform> {
  if (!('openapiObject' in from)) return from.swaggerObject
  const document: object = from.openapiObject
  return describe({ ...document }, facts, { ...Problem })
}
