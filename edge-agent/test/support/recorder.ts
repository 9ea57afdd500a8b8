/** A small HTTP server in place of the control plane. It records what it receives. */
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Directive, NodeReport } from '@levee/control-plane/contract'
import type { CarriedRoom } from '@levee/control-plane/protocol/shapes/nodes'
import { freePort } from './workplace.ts'

export type Received = { atMs: number; path: string; authorization: string | undefined; body: unknown }
export type Answer = { status: number; body: unknown }

export type Recorder = {
  url: string
  received: Received[]
  /** Reports in order of arrival, with its monotonic time. */
  reports(): (NodeReport & { atMs: number })[]
  /** Rooms on the node, assembled from its reports. */
  rooms(): CarriedRoom[]
  /** Changes the answer; undefined restores the default. */
  answerEnrol(answer: Answer | undefined): void
  answerReport(answer: Answer | undefined): void
  /** Delays every answer from now on until this promise settles. */
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

/** Of the credential that the recorder gives at enrolment. */
export const SEAL = 's'.repeat(22)

export async function startRecorder(reportEveryMs = 200): Promise<Recorder> {
  const port = await freePort()
  const received: Received[] = []
  const directive: Directive = {
    protocol: PROTOCOL_VERSION,
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
      // An agent aborts its request when LiveKit's state changes.
      void readJson(request)
        .then(async (body) => {
          const path = request.url ?? ''
          received.push({ atMs: performance.now(), path, authorization: request.headers.authorization, body })
          const enrolling = path.endsWith('/v1/nodes/enrol')
          const usual = enrolling
            ? {
                status: 201,
                body: {
                  protocol: PROTOCOL_VERSION,
                  node: 'edge-1',
                  seal: SEAL,
                  reportEveryMs: directive.reportEveryMs,
                },
              }
            : { status: 200, body: directive }
          const answer = (enrolling ? enrolAnswer : reportAnswer) ?? usual
          await moment
          response.writeHead(answer.status, { 'content-type': 'application/json' })
          response.end(JSON.stringify(answer.body))
        })
        .catch(() => response.destroy())
    })
    server.listen(port, '127.0.0.1')
    // A failed test must not keep its file from ending.
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
