import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { roomIdOf } from '../../src/protocol/room-id.ts'
import {
  base32,
  formatRoomCode,
  parseRoomCode,
  roomCodeFrom,
  shardFrom,
  shardOfCode,
  shardOfRoom,
} from '../../src/protocol/room-names.ts'

test('a room code carries at least 64 random bits and survives being read aloud', () => {
  const codes = new Set(Array.from({ length: 5_000 }, () => roomCodeFrom(randomBytes(9), shardFrom(0))))
  assert.equal(codes.size, 5_000)
  for (const code of codes) {
    assert.equal(parseRoomCode(formatRoomCode(code)), code)
    assert.equal(
      parseRoomCode(` ${formatRoomCode(code).toUpperCase().replaceAll('0', 'O').replaceAll('1', 'l')} `),
      code,
    )
  }
  // Every letter of the 14 uses all 32 values: 70 bits.
  for (let i = 0; i < 14; i++) assert.equal(new Set([...codes].map((c) => c[i])).size, 32)
})

test('a code with a shard keeps its random bits and names the shard of its record', () => {
  const shards = [1, 31, 32, 1_023].map(shardFrom)
  assert.deepEqual(shards, ['01', '0z', '10', 'zz'])
  for (const shard of shards) {
    const code = roomCodeFrom(randomBytes(9), shard)
    assert.equal(parseRoomCode(formatRoomCode(code)), code)
    assert.equal(shardOfCode(code), shard)
    assert.equal(shardOfRoom(roomIdOf(code)), shard)
  }
  assert.equal(shardOfRoom(roomIdOf(roomCodeFrom(randomBytes(9), shardFrom(0)))), '')
  assert.throws(() => shardFrom(1_024), RangeError)
})

test('base32 uses every bit once', () => {
  assert.equal(base32(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff]), 8), 'zzzzzzzz')
  assert.equal(base32(Uint8Array.from([0, 0, 0, 0, 1]), 8), '00000001')
  assert.equal(base32(Uint8Array.from([0b10000000, 0, 0, 0, 0]), 8), 'g0000000')
})

test('texts that cannot be a room code are refused', () => {
  for (const text of [
    '',
    'x',
    'uuuu-uuuuu-uuuuu',
    '../../etc/passwd',
    'a'.repeat(15),
    'ааааааааааaaaa',
    '{lv}:room:abcdefgh',
  ])
    assert.equal(parseRoomCode(text), null, text)
})

test('the room id does not reveal the code', () => {
  const code = parseRoomCode('0123-45678-9abcd')
  assert.ok(code)
  assert.match(roomIdOf(code), /^[0-9a-hjkmnp-tv-z]{16}$/)
  assert.ok(!roomIdOf(code).includes(code.slice(0, 6)))
})
