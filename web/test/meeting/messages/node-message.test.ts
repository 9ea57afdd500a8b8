import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNodeMessage } from '@levee/control-plane/protocol/node-message'

test('only a whole number under “ask” requests a rejoin, and only true under “stopping” is a warning', () => {
  assert.deepEqual(parseNodeMessage('{"ask":4}'), { ask: 4, stopping: false })
  assert.deepEqual(parseNodeMessage('{"ask":4,"stopping":true}'), { ask: 4, stopping: true })
  assert.deepEqual(parseNodeMessage('{"ask":4,"stopping":"no"}'), { ask: 4, stopping: false })
  for (const other of [undefined, '', 'x', '4', 'null', '{"ask":"4"}', '{"ask":1.5}', '{"other":4}'])
    assert.equal(parseNodeMessage(other), undefined, String(other))
})
