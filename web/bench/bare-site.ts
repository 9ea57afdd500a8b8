// Serves the bare page with the same library as the product, and signs tokens without it.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface BareSite {
  link: (url: string, token: string, publish: boolean) => string
  stop: () => Promise<void>
}

export async function startBareSite(): Promise<BareSite> {
  const library = new URL('../node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url)
  const files: Record<string, [string, Buffer]> = {
    '/': ['text/html', readFileSync(new URL('bare.html', import.meta.url))],
    '/livekit-client.js': ['text/javascript', readFileSync(library)],
  }
  const server = createServer((request, reply) => {
    const file = files[request.url ?? '']
    reply.writeHead(file ? 200 : 404, { 'content-type': file?.[0] ?? 'text/plain' }).end(file?.[1])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    link: (url, token, publish) =>
      `http://localhost:${port}/#${encodeURIComponent(JSON.stringify({ url, token, publish }))}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

interface NodeKey {
  apiKey: string
  apiSecret: string
}

export function makeToken({ apiKey, apiSecret }: NodeKey, room: string, identity: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 600
  const claims = { iss: apiKey, sub: identity, exp, video: { roomJoin: true, room } }
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${signed}.${createHmac('sha256', apiSecret).update(signed).digest('base64url')}`
}
