// Every route of the API document with every credential.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ControlPlaneStack, startControlPlanes } from '../../../../deploy/stack/control-plane-stack.ts'
import { assertProblem, call, createRoom, join } from '../../support/client.ts'
import { CREDENTIALS, type Credential, expiredTicket, openScene, type Scene } from './credentials.ts'
import { MATRIX, type Row } from './matrix.ts'

let stack: ControlPlaneStack
let scene: Scene
let operations: string[]
before(async () => {
  stack = await startControlPlanes({
    replicas: 1,
    logLevel: 'warn',
    // Each attempt from an address of its own: what limits wrong credentials has a test elsewhere.
    controlPlaneEnv: { LEVEE_TRUSTED_PROXIES: '127.0.0.1' },
  })
  scene = await openScene(stack)
  const document = (await call<{ paths: Record<string, object> }>(`${stack.url}/openapi.json`, 'GET')).body
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
})
after(() => stack.stop())

function urlOf(operation: string, { path = {} }: Row): string {
  const values: Record<string, string> = {
    room: scene.room.room,
    node: scene.node.node,
    site: 'hq',
    tenant: 'acme',
    ...path,
  }
  const [, template = ''] = operation.split(' ')
  return stack.url + template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'unknown')
}

async function attempt(operation: string, row: Row, credential: Credential) {
  const [method = ''] = operation.split(' ')
  return call(urlOf(operation, row), method, {
    headers: { ...scene.headers[credential], 'x-forwarded-for': nextAddress() },
    ...(row.body && { body: row.body(scene) }),
  })
}

let attempts = 0
const nextAddress = () => `10.0.${++attempts >> 8}.${attempts & 255}`

const isLetIn = ({ lets }: Row, credential: Credential) => lets === 'everyone' || lets.includes(credential)

test('every route of the API document has a row, and every row a route', () => {
  assert.deepEqual(operations.toSorted(), Object.keys(MATRIX).toSorted())
})

test('a rejoin takes a ticket of its room that has not expired, and nothing else', async () => {
  const rejoin = (ticket: string) =>
    call(`${stack.url}/v1/rooms/${scene.room.room}/rejoin`, 'POST', {
      body: { ticket },
      headers: { 'x-forwarded-for': nextAddress() },
    })
  const bearerOf = (credential: Credential) =>
    (scene.headers[credential]['authorization'] ?? scene.headers[credential]['cookie'] ?? 'none').replace(
      'Bearer ',
      '',
    )
  for (const credential of CREDENTIALS) {
    const answer = await rejoin(bearerOf(credential))
    if (credential === 'guest ticket' || credential === 'host ticket')
      assert.equal(answer.status, 200, credential)
    else assertProblem(answer, 403, 'rejoin_refused')
  }
  const other = await createRoom(stack.url)
  const { rejoinTicket } = (await join(stack.url, other.room)).body
  for (const ticket of [rejoinTicket, expiredTicket(stack, scene.room)])
    assertProblem(await rejoin(ticket), 403, 'rejoin_refused')
})

test('each route lets in exactly the credentials of its row', async () => {
  const rows = Object.entries(MATRIX)
  const ordered = [...rows.filter(([, row]) => !row.isLast), ...rows.filter(([, row]) => row.isLast)]
  const wrong: string[] = []
  for (const [operation, row] of ordered) {
    // Those that must not get in first: the others may end what the route is about.
    const credentials = CREDENTIALS.toSorted((a, b) => Number(isLetIn(row, a)) - Number(isLetIn(row, b)))
    for (const credential of credentials) {
      const { status, body } = await attempt(operation, row, credential)
      const wasLetIn = status < 400 || (row.isMissing === true && body?.code === 'node_not_found')
      if (wasLetIn !== isLetIn(row, credential))
        wrong.push(`${operation} answers “${credential}” with ${status} ${body?.code ?? ''}`)
      if (!wasLetIn && ![401, 403, 404].includes(status))
        wrong.push(`${operation} refuses “${credential}” with ${status} ${body?.code ?? ''}`)
    }
  }
  assert.deepEqual(wrong, [])
})
