// LiveKit’s native library may abort the process that it is in; a soak must survive that, and know of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CreatedRoom } from '@levee/control-plane/contract'
import { startStack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { post } from '../../chaos/people/meeting.ts'
import { openNativePeople } from '../../chaos/people/native-people.ts'

test('people whose process aborts are counted, and open the link again', async (t) => {
  const stack = await startStack({ nodes: [{ id: 'n1', site: 'hq' }], logLevel: 'warn' })
  t.after(stack.stop)
  const { room } = await post<CreatedRoom>(`${stack.url}/v1/rooms`, {})
  const order = { urls: stack.urls, codes: [room], people: 2, framesPerSec: 5, processes: 1 }
  const people = openNativePeople(order)
  t.after(people.close)
  const untilWhole = (what: string) => until(people.allWhole, { what, timeoutMs: 30_000 })

  await untilWhole('two people who see each other')
  const [pid] = people.pids()
  assert.ok(pid)
  process.kill(pid, 'SIGABRT')
  await until(() => people.crashes() === 1, { what: 'the crash being known' })
  assert.deepEqual(people.rooms(), [
    { code: room, nodes: ['none'], epochs: [], whole: false, longestGapMs: [] },
  ])
  await untilWhole('the same room with people of a new process')
  assert.notEqual(people.pids()[0], pid)
  assert.deepEqual(people.rooms()[0]?.nodes, ['n1'])
})
