import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { expectedTracks, impossibleFields } from '../../src/domain/capacity.ts'
import { utilisationPpm } from '../../src/protocol/resources.ts'
import { statusOf } from '../../src/domain/node-status.ts'
import { roomIdOf } from '../../src/protocol/room-id.ts'
import {
  base32,
  cleanDisplayName,
  formatRoomCode,
  shardFrom,
  shardOfCode,
  shardOfRoom,
  parseRoomCode,
  roomCodeFrom,
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

test('a code with a home keeps its random bits and says where its record stands', () => {
  const homes = [1, 31, 32, 1_023].map(shardFrom)
  assert.deepEqual(homes, ['01', '0z', '10', 'zz'])
  for (const home of homes) {
    const code = roomCodeFrom(randomBytes(9), home)
    assert.equal(parseRoomCode(formatRoomCode(code)), code)
    assert.equal(shardOfCode(code), home)
    assert.equal(shardOfRoom(roomIdOf(code)), home)
  }
  assert.equal(shardOfRoom(roomIdOf(roomCodeFrom(randomBytes(9), shardFrom(0)))), '')
  assert.throws(() => shardFrom(1_024), RangeError)
})

test('base32 uses every bit once', () => {
  assert.equal(base32(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff]), 8), 'zzzzzzzz')
  assert.equal(base32(Uint8Array.from([0, 0, 0, 0, 1]), 8), '00000001')
  assert.equal(base32(Uint8Array.from([0b10000000, 0, 0, 0, 0]), 8), 'g0000000')
})

test('what cannot be a room code is not one', () => {
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

test('the room id does not give the code away', () => {
  const code = parseRoomCode('0123-45678-9abcd')
  assert.ok(code)
  assert.match(roomIdOf(code), /^[0-9a-hjkmnp-tv-z]{16}$/)
  assert.ok(!roomIdOf(code).includes(code.slice(0, 6)))
})

test('display names keep every script and lose what plays tricks on the page', () => {
  assert.equal(cleanDisplayName('  Zoë   李小龙 '), 'Zoë 李小龙')
  assert.equal(cleanDisplayName('👩‍👩‍👧‍👦 family'), '👩‍👩‍👧‍👦 family')
  assert.equal(cleanDisplayName('admin\u202Egpj.exe'), 'admin gpj.exe')
  assert.equal(cleanDisplayName('a\u0000b\nc'), 'a b c')
  assert.equal(cleanDisplayName('e\u0301'), 'é')
  for (const nothing of ['', '   ', '\u200B\u200B', '\u202E', '\u0301', '\uFEFF'])
    assert.equal(cleanDisplayName(nothing), null, JSON.stringify(nothing))
  assert.equal(cleanDisplayName('x\uD800y'), 'x\uFFFDy')
})

test('a node is as full as its scarcest resource', () => {
  const capacity = { cpuCores: 2, egressBytesPerSec: 100, packetsPerSec: 1000, tracks: 400 }
  assert.equal(
    utilisationPpm({ cpuCores: 0.5, egressBytesPerSec: 80, packetsPerSec: 10, tracks: 4 }, capacity),
    800_000,
  )
  assert.equal(
    utilisationPpm({ cpuCores: 3, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 0 }, capacity),
    1_500_000,
  )
  assert.equal(
    utilisationPpm(
      { cpuCores: 0, egressBytesPerSec: 50, packetsPerSec: 0, tracks: 0 },
      { ...capacity, egressBytesPerSec: 0 },
    ),
    0,
  )
})

test('the load of a room grows with the square while all are seen, then slower', () => {
  assert.equal(expectedTracks(2), 8)
  assert.equal(expectedTracks(4), 32)
  assert.equal(expectedTracks(10), 200)
  assert.ok(expectedTracks(100) < 2 * 100 * 100)
})

test('a report that contradicts itself is told so, field by field', () => {
  const fine = {
    capacity: { cpuCores: 2, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 400 },
    load: { cpuCores: 1, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 1 },
    host: { cpuBusy: 0.4, cpuSteal: 0.1, memoryUsedBytes: 1, memoryLimitBytes: 2 },
  }
  assert.deepEqual(impossibleFields(fine), [])
  const bad = {
    capacity: { ...fine.capacity, cpuCores: 0, tracks: 0 },
    load: { ...fine.load, cpuCores: 30 },
    host: { cpuBusy: 0.9, cpuSteal: 0.9, memoryUsedBytes: 10, memoryLimitBytes: 2 },
  }
  assert.deepEqual(
    impossibleFields(bad).map((f) => f.field),
    ['/capacity/tracks', '/capacity/cpuCores', '/load/cpuCores', '/host/memoryUsedBytes', '/host/cpuSteal'],
  )
})

test('the status of a node says first what matters most', () => {
  const limits = { suspectMs: 10_000, deadMs: 25_000, frozenDeadMs: 120_000 }
  const node = { state: 'serving' as const, up: true, silentMs: 500, frozen: false }
  assert.equal(statusOf(node, limits), 'serving')
  assert.equal(statusOf({ ...node, state: 'cordoned' }, limits), 'cordoned')
  assert.equal(statusOf({ ...node, up: false }, limits), 'down')
  assert.equal(statusOf({ ...node, silentMs: 10_001 }, limits), 'suspect')
  assert.equal(statusOf({ ...node, silentMs: 25_001 }, limits), 'dead')
  assert.equal(statusOf({ ...node, silentMs: 25_001, frozen: true }, limits), 'suspect')
  assert.equal(statusOf({ ...node, silentMs: null }, limits), 'starting')
})
