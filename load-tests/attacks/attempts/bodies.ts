import { connect } from 'node:net'
import { ANONYMOUS_REPORTS, LARGE_REPORT_ROOMS, SLOW_LIMIT_MS } from '../tuning.ts'
import { holds, type Attack } from '../attack.ts'
import type { Scene } from '../scene.ts'

export const bodies: readonly Attack[] = [
  {
    name: 'an anonymous report of 5 MB that is wrong in every room',
    mustNot: 'cost the replica more than 5 ms of CPU',
    async run(scene) {
      const raw = `{"protocol":2,"livekit":{"up":true,"rooms":[${'{"name":7},'.repeat(LARGE_REPORT_ROOMS)}{}]}}`
      const attempt = () => scene.call('POST', '/v1/nodes/honest/report', { bearer: 'x', raw })
      await attempt()
      const before = await cpuSec(scene)
      for (let i = 0; i < ANONYMOUS_REPORTS; i++) {
        const { status } = await attempt()
        holds(status === 401, `it was answered with ${status}`)
      }
      const ms = ((await cpuSec(scene)) - before) * (1_000 / ANONYMOUS_REPORTS)
      holds(!scene.isQuiet || ms <= 5, `${ms.toFixed(1)} ms of CPU each`)
      return `${ms.toFixed(1)} ms of CPU each, ${(raw.length / 1e6).toFixed(1)} MB`
    },
  },
  {
    name: 'headers and bodies that come one byte at a time',
    mustNot: 'hold a connection for longer than 12 s',
    async run({ stack }) {
      const port = Number(new URL(stack.url).port)
      const slow = [
        'GET / HTTP/1.1\r\nhost: x\r\nx: ',
        'POST /v1/rooms HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
        '',
      ]
      const held = await Promise.all(slow.map((start) => dribble(port, start)))
      const longest = Math.max(...held)
      holds(longest <= SLOW_LIMIT_MS, `a connection was held for ${longest} ms`)
      return `closed after ${held.map((ms) => `${(ms / 1_000).toFixed(1)} s`).join(', ')}`
    },
  },
]

/** CPU time of the replica so far, in seconds. */
async function cpuSec({ stack }: Scene): Promise<number> {
  const response = await fetch(`${stack.url}/metrics`, {
    headers: { authorization: `Bearer ${stack.metricsKey}` },
  })
  return Number(/^process_cpu_seconds_total ([\d.]+)/m.exec(await response.text())?.[1])
}

/** Sends `start` and then a byte twice a second; resolves to how long the server kept the connection, in milliseconds. */
function dribble(port: number, start: string): Promise<number> {
  return new Promise((resolve) => {
    const startedAtMs = performance.now()
    const socket = connect(port, '127.0.0.1', () => socket.write(start))
    const timer = setInterval(() => start !== '' && socket.write('x'), 500)
    const end = () => {
      clearInterval(timer)
      clearTimeout(limit)
      socket.destroy()
      resolve(Math.round(performance.now() - startedAtMs))
    }
    const limit = setTimeout(end, SLOW_LIMIT_MS + 3_000)
    socket.on('data', () => {})
    socket.on('error', end)
    socket.on('close', end)
  })
}
