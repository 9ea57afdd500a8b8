// A surge: a calm period, then many meetings that start at the same time, then calm again. One iteration is one meeting:
// it is created and joined over HTTP, and each participant then connects to the signal socket of the node in the answer.
//   LEVEE_URLS         URLs of the control plane replicas, comma-separated
//   NODES              nodes that must all get meetings, comma-separated
//   MEETINGS_PER_SEC   at the peak of the surge (a fifth of that in the calm periods)
//   PEOPLE             participants per meeting
//   CALM_SEC SURGE_SEC lengths
//   STAY_MS            how long a participant stays
import { fail } from 'k6'
import exec from 'k6/execution'
import { Counter, Rate, Trend } from 'k6/metrics'
import type { Options } from 'k6/options'
import type { JoinAnswer } from '@levee/control-plane/contract'
import { createRoom, joinRoom } from '../lib/k6/api.ts'
import { visit } from '../lib/k6/signalling.ts'

const number = (name: string, fallback: number) => Number(__ENV[name] ?? fallback)
const urls = (__ENV['LEVEE_URLS'] ?? 'http://localhost:8080').split(',')
const nodes = (__ENV['NODES'] ?? '').split(',').filter(Boolean)
const top = number('MEETINGS_PER_SEC', 10)
const people = number('PEOPLE', 4)
const calmSec = number('CALM_SEC', 10)
const surgeSec = number('SURGE_SEC', 30)
const stayMs = number('STAY_MS', 2_000)
const calm = Math.max(1, Math.round(top / 5))

const split = new Counter('meetings_split')
const placed = new Counter('meetings_placed')
const joined = new Rate('signal_joined')
const joinMs = new Trend('signal_join_ms', true)
const pongMs = new Trend('signal_pong_ms', true)

export const options: Options = {
  discardResponseBodies: false,
  // Without `url`, which contains room codes and tokens.
  systemTags: ['status', 'method', 'name', 'scenario', 'check', 'error_code', 'expected_response'],
  scenarios: {
    surge: {
      executor: 'ramping-arrival-rate',
      startRate: calm,
      timeUnit: '1s',
      // An iteration that cannot start in time is dropped, because the load must not wait for the system under test.
      preAllocatedVUs: Math.ceil(top * (stayMs / 1000 + 2)),
      maxVUs: Math.ceil(top * (stayMs / 1000 + 8)),
      stages: [
        { target: calm, duration: `${calmSec}s` },
        { target: top, duration: '1s' },
        { target: top, duration: `${surgeSec}s` },
        { target: calm, duration: '1s' },
        { target: calm, duration: `${calmSec}s` },
      ],
      gracefulStop: '20s',
    },
  },
  thresholds: {
    http_req_failed: ['rate<0.001'],
    'http_req_duration{name:create}': ['p(95)<100'],
    'http_req_duration{name:join}': ['p(95)<100', 'p(99)<250'],
    signal_joined: ['rate>0.999'],
    signal_join_ms: ['p(95)<250'],
    meetings_split: ['count==0'],
    meetings_placed: ['count>0'],
    ...Object.fromEntries(nodes.map((node) => [`meetings_placed{node:${node}}`, ['count>0']])),
    dropped_iterations: ['count==0'],
    checks: ['rate>0.999'],
  },
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
}

export default async function meeting(): Promise<void> {
  const turn = exec.scenario.iterationInTest
  const base = (replica: number) => urls[(turn + replica) % urls.length] ?? ''
  const room = createRoom(base(0))
  if (!room) fail('the room was not created')
  const answers: JoinAnswer[] = []
  for (let i = 0; i < people; i++) {
    // Through every replica in turn, because all of them must give the same answer for a room.
    const answer = joinRoom(base(i), room.room, `Person ${i + 1}`)
    if (answer) answers.push(answer)
    else joined.add(false)
  }
  const [first] = answers
  if (!first) fail('no participant could join')
  placed.add(1, { node: first.node })
  if (answers.some(({ node, epoch }) => node !== first.node || epoch !== first.epoch)) split.add(1)
  await Promise.all(answers.map(signal))
}

async function signal(answer: JoinAnswer): Promise<void> {
  try {
    const result = await visit(answer, stayMs)
    joined.add(true)
    joinMs.add(result.joinMs)
    pongMs.add(result.pongMs)
  } catch (error) {
    joined.add(false)
    console.error(error instanceof Error ? error.message : String(error))
  }
}
