// LiveKit's native library may abort its process. A soak must survive that and notice it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreatedRoom } from '@levee/control-plane/contract'
import { startStack } from '@levee/deploy/stack'
import { until } from '@levee/deploy/until'
import { post } from '../../chaos/people/api.ts'
import { openNativeParticipants } from '../../chaos/people/native/native-participants.ts'

test('participants whose process aborts are counted, and open the link again', async (t) => {
  const stack = await startStack({ nodes: [{ id: 'n1', site: 'hq' }], logLevel: 'warn' })
  t.after(stack.stop)
  const { room } = await post<CreatedRoom>(`${stack.url}/v1/rooms`, {})
  const order = { urls: stack.urls, codes: [room], people: 2, framesPerSec: 5, processes: 1 }
  const people = openNativeParticipants(order)
  t.after(people.close)
  const untilWhole = (what: string) => until(people.allWhole, { what, timeoutMs: 30_000 })

  await untilWhole('two participants who receive each other')
  const [pid] = people.pids()
  assert.ok(pid)
  process.kill(pid, 'SIGABRT')
  await until(() => people.crashes() === 1, { what: 'the crash to be noticed' })
  assert.deepEqual(people.rooms(), [
    { code: room, nodes: ['none'], epochs: [], whole: false, longestGapMs: [] },
  ])
  await untilWhole('the same room with participants of a new process')
  assert.notEqual(people.pids()[0], pid)
  assert.deepEqual(people.rooms()[0]?.nodes, ['n1'])
})
