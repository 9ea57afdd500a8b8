/** Real parts for tests: LiveKit and the agent as processes, and a control plane that writes down what it is told. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Directive, NodeReport } from '@levee/control-plane/contract'

export const API_KEY = 'edge-test-key'
export const API_SECRET = 'edge-test-secret-0123456789-abcdefghij'
export const ENROLMENT_KEY = 'enrolment-key-for-tests'

/** Waits until `probe` gives something; fails with `what` after `timeoutMs`. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`not seen within ${timeoutMs} ms: ${what}`)
    await sleep(5)
  }
}

export async function freePort(): Promise<number> {
  const server = createTcpServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export async function tempDir(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'levee-edge-agent-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Ends a child for good; a stopped one too. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

function livekitBinary(): string {
  const cache =
    process.env['LEVEE_CACHE_DIR'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'levee')
  const path = process.env['LEVEE_LIVEKIT_BIN'] ?? join(cache, 'livekit-1.13.5/bin/livekit-server')
  if (!existsSync(path))
    throw new Error(`No LiveKit at ${path}: set LEVEE_LIVEKIT_BIN or run the set-up first.`)
  return path
}

export type Livekit = {
  url: string
  metricsUrl: string
  /** Sends a signal to LiveKit; returns the monotonic time just before. */
  signal(name: NodeJS.Signals): number
  /** Starts LiveKit anew on the same ports, after it exited. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A real LiveKit on free loopback ports; resolves when it answers. */
export async function startLivekit(): Promise<Livekit> {
  const binary = livekitBinary()
  const dir = await tempDir()
  const [port, metricsPort, tcpPort, udpPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  const configFile = join(dir.path, 'livekit.yaml')
  const config = {
    port,
    bind_addresses: ['127.0.0.1'],
    keys: { [API_KEY]: API_SECRET },
    rtc: {
      tcp_port: tcpPort,
      udp_port: udpPort,
      node_ip: '127.0.0.1',
      use_external_ip: false,
      enable_loopback_candidate: true,
    },
    prometheus: { port: metricsPort },
  }
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify(config))
  const url = `http://127.0.0.1:${port}`
  const answers = () =>
    fetch(url).then(
      () => true,
      () => false,
    )
  const launch = async () => {
    const started = spawn(binary, ['--config', configFile], { stdio: 'ignore' })
    await until('LiveKit answers', answers)
    return started
  }
  let child = await launch()
  return {
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    signal(name) {
      const atMs = performance.now()
      child.kill(name)
      return atMs
    },
    async restart() {
      child = await launch()
    },
    async stop() {
      await end(child)
      await dir.remove()
    },
  }
}

export type Received = { atMs: number; path: string; authorization: string | undefined; body: unknown }
export type Answer = { status: number; body: unknown }

export type Recorder = {
  url: string
  received: Received[]
  /** Reports in order of arrival, with the monotonic time of it. */
  reports(): (NodeReport & { atMs: number })[]
  /** Changes what is answered; undefined goes back to the usual. */
  answerEnrol(answer: Answer | undefined): void
  answerReport(answer: Answer | undefined): void
  directive: Directive
  /** Stops listening and drops all connections. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  stop(): Promise<void>
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
  const directive: Directive = { state: 'serving', drop: [], reportEveryMs }
  let enrolAnswer: Answer | undefined
  let reportAnswer: Answer | undefined
  let server: Server | undefined

  const listen = async () => {
    server = createServer((request, response) => {
      void readJson(request).then((body) => {
        const path = request.url ?? ''
        received.push({ atMs: performance.now(), path, authorization: request.headers.authorization, body })
        const enrolling = path.endsWith('/v1/nodes/enrol')
        const usual = enrolling
          ? { status: 201, body: { node: 'edge-1', reportEveryMs: directive.reportEveryMs } }
          : { status: 200, body: directive }
        const answer = (enrolling ? enrolAnswer : reportAnswer) ?? usual
        response.writeHead(answer.status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(answer.body))
      })
    })
    server.listen(port, '127.0.0.1')
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
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    directive,
    reports: () =>
      received
        .filter((r) => r.path.endsWith('/report'))
        .map((r) => ({ ...(r.body as NodeReport), atMs: r.atMs })),
    answerEnrol: (answer) => (enrolAnswer = answer),
    answerReport: (answer) => (reportAnswer = answer),
    goAway,
    comeBack: listen,
    stop: goAway,
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}

export type Agent = {
  /** Everything written to stdout and stderr so far. */
  output(): string
  /** Address of the agent's own /metrics and /livez. */
  url: string
  child: ChildProcess
  exited: Promise<number | null>
  stop(): Promise<void>
}

export function runAgent(env: Record<string, string>): Agent {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  return {
    output: () => output,
    url: `http://127.0.0.1:${env['LEVEE_AGENT_PORT'] ?? ''}`,
    child,
    exited,
    stop: () => end(child),
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
