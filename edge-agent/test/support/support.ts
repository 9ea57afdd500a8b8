/** Real parts for tests: LiveKit and the agent as processes, and a control plane that writes down what it is told. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Directive, NodeReport } from '@levee/control-plane/contract'
import type { CarriedRoom } from '../../src/livekit/reader.ts'
import type { Child } from '../../../deploy/stack/processes/child-spec.ts'
import { openProcessGroup } from '../../../deploy/stack/processes/process-group.ts'
import { plainEnv } from '../../../deploy/stack/environment.ts'
import { startLivekit as launchLivekit } from '../../../deploy/stack/livekit.ts'
import { claimFreePorts } from '../../../deploy/stack/network/free-ports.ts'
import { ensureLivekit } from '../../../deploy/stack/tools/livekit.ts'
import { until as untilTrue } from '../../../deploy/stack/until.ts'

export const API_KEY = 'edge-test-key'
export const API_SECRET = 'edge-test-secret-0123456789-abcdefghij'
export const ENROLMENT_KEY = 'enrolment-key-for-tests'

const processes = openProcessGroup()
const ports = await claimFreePorts()
const home = await mkdtemp(join(tmpdir(), 'levee-edge-agent-'))
let made = 0
after(async () => {
  await processes.close()
  ports.release()
  await rm(home, { recursive: true, force: true })
})

/** Waits until `probe` gives something; fails with `what` after `timeoutMs`. */
export const until = <T>(what: string, probe: () => T | Promise<T>, timeoutMs = 15_000) =>
  untilTrue(probe, { what, timeoutMs, everyMs: 5 })

export const freePort = (): Promise<number> => ports.tcp()

/** A folder of its own; gone when the file's tests are over. */
export const tempDir = (): Promise<string> => mkdtemp(join(home, 'dir-'))

export type Livekit = {
  url: string
  metricsUrl: string
  /** Sends a signal to LiveKit; returns the monotonic time just before. */
  signal(name: NodeJS.Signals): number
  /** Resolves when the present process ends. */
  ended(): Promise<unknown>
  /** Starts LiveKit anew on the same ports, after it exited. */
  restart(): Promise<void>
}

/** A real LiveKit on free loopback ports; resolves when it answers. */
export async function startLivekit(): Promise<Livekit> {
  const id = `livekit-${++made}`
  const own = {
    signal: await ports.tcp(),
    metrics: await ports.tcp(),
    rtcUdp: await ports.udp(),
    turnUdp: await ports.udp(),
  }
  const child = await launchLivekit(processes, {
    id,
    binary: await ensureLivekit(),
    ports: own,
    key: { apiKey: API_KEY, apiSecret: API_SECRET },
    dir: join(home, id),
    logFile: join(home, `${id}.log`),
  })
  return {
    url: `http://127.0.0.1:${own.signal}`,
    metricsUrl: `http://127.0.0.1:${own.metrics}/metrics`,
    signal(name) {
      const atMs = performance.now()
      child.kill(name)
      return atMs
    },
    ended: () => child.exited,
    restart: () => child.restart(),
  }
}

export type Received = { atMs: number; path: string; authorization: string | undefined; body: unknown }
export type Answer = { status: number; body: unknown }

export type Recorder = {
  url: string
  received: Received[]
  /** Reports in order of arrival, with the monotonic time of it. */
  reports(): (NodeReport & { atMs: number })[]
  /** Rooms that the node carries, put together from its reports. */
  rooms(): CarriedRoom[]
  /** Changes what is answered; undefined goes back to the usual. */
  answerEnrol(answer: Answer | undefined): void
  answerReport(answer: Answer | undefined): void
  /** From now on every answer waits for this. */
  answerAfter(moment: Promise<unknown>): void
  directive: Directive
  /** Stops listening and drops all connections. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
}

export const problem = (status: number, code: string): Answer => ({
  status,
  body: {
    type: `/problems/${code}`,
    title: code,
    status,
    code,
    detail: `Detail of ${code}.`,
    requestId: 'r1',
  },
})

/** A small HTTP server in the place of the control plane. */
export async function startRecorder(reportEveryMs = 200): Promise<Recorder> {
  const port = await freePort()
  const received: Received[] = []
  const directive: Directive = {
    state: 'serving',
    drop: [],
    moved: [],
    changed: [],
    wholeRooms: false,
    reportEveryMs,
  }
  let enrolAnswer: Answer | undefined
  let reportAnswer: Answer | undefined
  let moment: Promise<unknown> = Promise.resolve()
  let server: Server | undefined

  const listen = async () => {
    server = createServer((request, response) => {
      // An agent that has news gives up what it is just saying.
      void readJson(request)
        .then(async (body) => {
          const path = request.url ?? ''
          received.push({ atMs: performance.now(), path, authorization: request.headers.authorization, body })
          const enrolling = path.endsWith('/v1/nodes/enrol')
          const usual = enrolling
            ? { status: 201, body: { node: 'edge-1', reportEveryMs: directive.reportEveryMs } }
            : { status: 200, body: directive }
          const answer = (enrolling ? enrolAnswer : reportAnswer) ?? usual
          await moment
          response.writeHead(answer.status, { 'content-type': 'application/json' })
          response.end(JSON.stringify(answer.body))
        })
        .catch(() => response.destroy())
    })
    server.listen(port, '127.0.0.1')
    // A failed test does not keep its file from ending.
    server.unref()
    await once(server, 'listening')
  }
  const goAway = async () => {
    if (!server?.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  await listen()
  const reports = () =>
    received
      .filter((r) => r.path.endsWith('/report'))
      .map((r) => ({ ...(r.body as NodeReport), atMs: r.atMs }))
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    directive,
    reports,
    rooms() {
      const rooms = new Map<string, CarriedRoom>()
      for (const { livekit } of reports()) {
        if (livekit.rooms && livekit.since === undefined) rooms.clear()
        for (const name of livekit.gone ?? []) rooms.delete(name)
        for (const room of livekit.rooms ?? []) rooms.set(room.name, room)
      }
      return [...rooms.values()]
    },
    answerEnrol: (answer) => (enrolAnswer = answer),
    answerReport: (answer) => (reportAnswer = answer),
    answerAfter: (next) => (moment = next),
    goAway,
    comeBack: listen,
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}

export type Agent = Pick<Child, 'kill' | 'stop'> & {
  /** Everything written to stdout and stderr so far. */
  output(): string
  /** Address of the agent's own /metrics and /livez. */
  url: string
  /** Exit code; null when a signal ended it. */
  exited: Promise<number | null>
}

export async function runAgent(env: Record<string, string>): Promise<Agent> {
  const logFile = join(home, `agent-${++made}.log`)
  const child = await processes.start({
    name: 'agent',
    command: process.execPath,
    args: [fileURLToPath(new URL('../../src/main.ts', import.meta.url))],
    env: { ...plainEnv(), ...env },
    logFile,
    // Each test says itself what it waits for.
    ready: () => Promise.resolve(true),
    // SIGTERM would have it leave the fleet first.
    stopSignals: ['SIGINT'],
    stopRank: 0,
  })
  return {
    output: () => readFileSync(logFile, 'utf8'),
    url: `http://127.0.0.1:${env['LEVEE_AGENT_PORT'] ?? ''}`,
    exited: child.exited.then(({ code }) => code),
    kill: (signal) => child.kill(signal),
    stop: () => child.stop(),
  }
}

/** The whole environment of a node; `extra` overrides. */
export async function agentEnv(
  parts: { controlPlaneUrl: string; livekitUrl: string; metricsUrl: string; stateDir: string },
  extra: Record<string, string> = {},
): Promise<Record<string, string>> {
  return {
    LEVEE_CONTROL_PLANE_URL: parts.controlPlaneUrl,
    LEVEE_ENROLMENT_KEY: ENROLMENT_KEY,
    LEVEE_NODE_ID: 'edge-1',
    LEVEE_SITE: 'head-office',
    LEVEE_NODE_URL: 'wss://edge-1.example.org',
    LEVEE_LIVEKIT_URL: parts.livekitUrl,
    LEVEE_LIVEKIT_METRICS_URL: parts.metricsUrl,
    LEVEE_LIVEKIT_API_KEY: API_KEY,
    LEVEE_LIVEKIT_API_SECRET: API_SECRET,
    LEVEE_STATE_DIR: parts.stateDir,
    LEVEE_AGENT_PORT: String(await freePort()),
    LEVEE_LOG_LEVEL: 'debug',
    ...extra,
  }
}
