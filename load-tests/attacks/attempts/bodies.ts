import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import {
  ANONYMOUS_REPORTS,
  BETWEEN_REPORTS_MS,
  IDLE_MS,
  LARGE_REPORT_ROOMS,
  SLOW_LIMIT_MS,
} from '../tuning.ts'
import { holds, type Attack } from '../attack.ts'
import type { Scene } from '../scene.ts'

export const bodies: readonly Attack[] = [
  {
    name: 'an anonymous report of 5 MB that is wrong in every room',
    mustNot: 'hold up the event loop for more than 5 ms',
    async run(scene) {
      const raw = `{"protocol":2,"livekit":{"up":true,"rooms":[${'{"name":7},'.repeat(LARGE_REPORT_ROOMS)}{}]}}`
      const attempt = () => scene.call('POST', '/v1/nodes/honest/report', { bearer: 'x', raw })
      await attempt()
      await measured(scene)
      await delay(IDLE_MS)
      const idle = await measured(scene)
      for (let i = 0; i < ANONYMOUS_REPORTS; i++) {
        const { status } = await attempt()
        holds(status === 401, `it was answered with ${status}`)
        await delay(BETWEEN_REPORTS_MS)
      }
      const busy = await measured(scene)
      const blockedMs = Math.max(0, busy.lagMs - idle.lagMs)
      const cpuMs = ((busy.cpuSec - idle.cpuSec) * 1_000) / ANONYMOUS_REPORTS
      const seen = `event loop held up for ${blockedMs.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU each in all`
      holds(!scene.isQuiet || blockedMs <= 5, seen)
      return `${seen}; ${(raw.length / 1e6).toFixed(1)} MB`
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

/** CPU time of the replica so far, and the 99th percentile of its event loop’s lag since the last look. */
async function measured({ stack }: Scene): Promise<{ cpuSec: number; lagMs: number }> {
  const headers = { authorization: `Bearer ${stack.metricsKey}` }
  const text = await (await fetch(`${stack.url}/metrics`, { headers })).text()
  const valueOf = (name: string) => Number(new RegExp(`^${name} ([\\d.e-]+)`, 'm').exec(text)?.[1])
  return {
    cpuSec: valueOf('process_cpu_seconds_total'),
    lagMs: valueOf('nodejs_eventloop_lag_p99_seconds') * 1_000,
  }
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
