// A second load generator: Node's own HTTP client with kept-alive sockets, as most Node programs use it.
import { Agent, request } from 'node:http'

export interface NodeClientLoad {
  url: string
  body: string
  connections: number
  seconds: number
}

function post(url: string, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(url, { method: 'POST', agent, headers }, (reply) => {
      reply.resume()
      reply.on('end', () =>
        reply.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${reply.statusCode}`)),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Returns answers per second. */
export async function loadWithNodeClient({
  url,
  body,
  connections,
  seconds,
}: NodeClientLoad): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const started = performance.now()
  let answers = 0
  const worker = async () => {
    while (performance.now() - started < seconds * 1000) {
      await post(url, body, agent)
      answers++
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const perSec = (answers * 1000) / (performance.now() - started)
  agent.destroy()
  return perSec
}
