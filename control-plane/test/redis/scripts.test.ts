/** Scripts match their definitions and the table of keys; a violation shows that each check fires. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { KEYS } from '../../src/redis/keys.ts'
import {
  answerDecoder,
  argvEncoder,
  defineScript,
  type ScriptDefinition,
} from '../../src/redis/scripting/define-script.ts'
import { loadScript } from '../../src/redis/scripting/load-script.ts'
import {
  flag,
  int,
  json,
  list,
  names,
  oneOf,
  optional,
  pairs,
  record,
  text,
} from '../../src/redis/scripting/types.ts'
import { createRoom } from '../../src/redis/scripts/rooms.ts'
import {
  argumentFaults,
  callFaults,
  fieldFaults,
  includeFaults,
  keyFaults,
  nameFaults,
} from './lua-checks.ts'
import { DEFINITIONS, generatedFiles, luaFiles, withHeader } from './script-files.ts'

const files = luaFiles()

/** The Lua files with one of them changed. */
function planted(file: string, change: (source: string) => string): Map<string, string> {
  const source = files.get(file) ?? ''
  const changed = change(source)
  assert.notEqual(changed, source, 'the violation is planted')
  return new Map(files).set(file, changed)
}
const replaced = (file: string, from: string, to: string) =>
  planted(file, (source) => source.replace(from, to))

test('every script matches its definition', () => {
  for (const definition of DEFINITIONS)
    assert.ok(loadScript(definition).source.startsWith('#!lua\n'), definition.file)
})

test('docs/redis-keys.md and the headers of the scripts are up to date', () => {
  for (const { url, content } of generatedFiles())
    assert.equal(
      readFileSync(url, 'utf8'),
      content,
      `${url.pathname} is stale: node control-plane/test/redis/write-generated.ts`,
    )
})

test('a header that differs from the definition, and a key or field that the page lacks, are stale', () => {
  const source = files.get(createRoom.file) ?? ''
  assert.equal(withHeader(source, createRoom), source)
  const changed: ScriptDefinition = { ...createRoom, args: { ...createRoom.args, colour: text } }
  assert.notEqual(withHeader(source, changed), source)
  assert.notEqual(
    withHeader(source.replace('title: text', 'title: number'), createRoom),
    source.replace('title: text', 'title: number'),
  )
})

test('every field that a script reads or writes is in the table of keys, and every field of the table has a use', () => {
  assert.deepEqual([...callFaults(files), ...fieldFaults(files)], [])
  const fires = (changed: Map<string, string>, sentence: RegExp) =>
    assert.match([...callFaults(changed), ...fieldFaults(changed)].join('\n'), sentence)
  fires(
    replaced('rooms/create-room', `'title', title`, `'name', title`),
    /create-room: HSET on room with the field name,/,
  )
  fires(
    replaced('nodes/mark-reached', `'reached', 1`, `'reached', 1, 'shoe', 2`),
    /mark-reached: HSET on node with the field shoe/,
  )
  fires(
    replaced('lib/confirm', `'cost', 'peakTracks'`, `'price', 'peakTracks'`),
    /confirm: HMGET on room with the field price/,
  )
  fires(
    replaced('nodes/mark-reached', `'reached', 1`, `field, 1`),
    /mark-reached: HSET on node with a field that is not written out/,
  )
  fires(
    replaced('lib/restart', `redis.call('HMGET', restartKey(site)`, `redis.call('HMGET', otherKey(site)`),
    /HMGET on other, which is no hash/,
  )
  fires(
    replaced('nodes/find-node', 'local site', `redis.call('HGETALL', nodeKey(node))\nlocal site`),
    /find-node: HGETALL on node/,
  )
  const room = { ...KEYS.room, fields: { ...KEYS.room.fields, colour: KEYS.room.fields.title } }
  const faults = fieldFaults(files, { ...KEYS, room })
  assert.deepEqual(faults, [
    'no script writes the field room.colour',
    'no script reads the field room.colour',
  ])
  fires(
    replaced('rooms/create-room', `'storeGeneration', generation`, `'title', title`),
    /no script writes the field room.storeGeneration/,
  )
})

test('keys and arguments are taken by name', () => {
  assert.deepEqual([...keyFaults(files), ...nameFaults(files, DEFINITIONS)], [])
  const fires = (changed: Map<string, string>, sentence: RegExp) =>
    assert.match([...callFaults(changed), ...keyFaults(changed)].join('\n'), sentence)
  fires(
    replaced('rooms/view-room', 'roomKey(roomId)', 'roomKey(ARGV[2])'),
    /view-room takes an argument or key by its position/,
  )
  fires(
    replaced('rooms/view-room', 'roomKey(roomId)', 'KEYS[1]'),
    /view-room takes an argument or key by its position/,
  )
  fires(
    replaced('rooms/view-room', 'roomKey(roomId)', `(shardPrefix .. ':x')`),
    /view-room: builds a key of its own/,
  )
  fires(
    replaced('rooms/view-room', 'roomKey(roomId)', 'chairKey(roomId)'),
    /view-room: chairKey, which the table lacks/,
  )
  fires(
    replaced('rooms/view-room', 'roomKey(roomId)', '(redis.call or roomKey(roomId))'),
    /view-room: calls Redis in a way that cannot be checked/,
  )
  assert.deepEqual(keyFaults(files, { ...KEYS, chair: KEYS.sites }), ['no script uses the key chair'])
  assert.deepEqual(argumentFaults(files, DEFINITIONS), [])
  const faults = argumentFaults(replaced('nodes/enrol-node', `'zone', zone, `, ''), DEFINITIONS)
  assert.deepEqual(faults, ['nodes/enrol-node does not read its argument zone'])
  const unread = argumentFaults(replaced('nodes/report-nodes', 'report.cannotRestart', 'true'), DEFINITIONS)
  assert.deepEqual(unread, ['nodes/report-nodes does not read its argument cannotRestart'])
})

test('a file includes what it uses itself and nothing else', () => {
  assert.deepEqual(includeFaults(files, DEFINITIONS), [])
  const fires = (changed: Map<string, string>, sentence: RegExp) =>
    assert.match(includeFaults(changed, DEFINITIONS).join('\n'), sentence)
  fires(
    replaced('lib/drain', '-- @include lib/clock\n', ''),
    /lib\/drain uses now of lib\/clock without an include/,
  )
  fires(
    replaced('lib/drain', '-- @include', '-- @include lib/random\n-- @include'),
    /lib\/drain includes lib\/random and uses nothing/,
  )
  fires(new Map(files).set('lib/spare', 'local function spare() end'), /no script includes lib\/spare/)
  const missing = new Map(files)
  missing.delete('rooms/end-room')
  fires(missing, /there is no file for the script rooms\/end-room/)
})

test('Lua files and folders are small enough to read', () => {
  const folders = Map.groupBy(files.keys(), (file) => dirname(file))
  for (const [folder, inside] of folders)
    assert.ok(inside.length <= 15, `${folder} has ${inside.length} files`)
  for (const [file, source] of files) assert.ok(source.split('\n').length < 200, file)
})

const sample = defineScript({
  file: 'sample',
  purpose: 'For these tests.',
  args: { name: text, count: optional(int) },
  each: { id: text, isNew: flag },
  returns: { done: { sum: int, first: optional(record('item', { id: text, isNew: flag })) } },
  refuses: { no_node: {} },
})
const load = (body: string, more: Record<string, string> = {}, definition: ScriptDefinition = sample) =>
  loadScript(definition, { sample: body, ...more }).source
const LOOP = 'for item in each() do use(item.id) end\n'

test('a script is loaded with its names: arguments, items, answers, records, keys and limits', () => {
  const source = load(
    `
-- @include lib/combine
-- A comment with answer.nothing { in } it.
${LOOP}
combine(roomKey(name), limits.candidates, count)
return answer.done { sum = 1, first = record.item { isNew = true, id = 'a,b{' } }`,
    {
      'lib/combine':
        "-- @include lib/clock\nlocal function combine(x) return '-- no comment' .. x .. now end",
      'lib/clock': 'local now = 0',
    },
  )
  assert.match(
    source,
    /local name = ARGV\[1\]\nlocal count = ARGV\[2\] ~= '' and tonumber\(ARGV\[2\]\) or nil/,
  )
  assert.match(source, /item\.id, item\.isNew =\n\s+ARGV\[at \+ 0\], ARGV\[at \+ 1\] == '1'/)
  assert.match(source, /return \{ 'done', 1, \{ 'a,b\{', \(true\) and 1 or 0 \} or '' \}/)
  assert.match(source, /local function roomKey\(roomId\) return shardPrefix \.\. ':room:' \.\. roomId end/)
  assert.match(source, /local limits = \{ candidates = 4 \}/)
  assert.ok(
    source.indexOf('local now = 0') < source.indexOf('local function combine'),
    'what is included comes first',
  )
  assert.equal(source.match(/local now = 0/g)?.length, 1)
  assert.doesNotMatch(source, /A comment|nodeKey/)
  assert.match(source, /'-- no comment'/)
})

test('a script that does not match its definition is not loaded', () => {
  const fails = (body: string, sentence: RegExp, more?: Record<string, string>) =>
    assert.throws(() => load(body, more), sentence)
  fails(`${LOOP}return answer.over {}`, /lua\/sample.lua: its definition has no answer over/)
  fails(`${LOOP}return answer.done { first = nil }`, /answer.done lacks sum/)
  fails(
    `${LOOP}return answer.done { sum = 1, last = 2 }`,
    /answer.done has a field last that its definition lacks/,
  )
  fails(`${LOOP}return answer.done { 1 }`, /answer.done has a value without a name: 1/)
  fails(`${LOOP}return record.chair {}`, /its definition has no record chair/)
  fails('for item in each() do use(item.colour) end', /it reads item.colour, which its definition lacks/)
  fails('return answer.no_node {}', /it does not read its items with each\(\)/)
  fails(`${LOOP}return limits.patience`, /there is no limit patience/)
  fails(`-- @include lib/a\n${LOOP}`, /the argument name has the name of something that it includes/, {
    'lib/a': 'local function name() end',
  })
  fails(`-- @include lib/a\n${LOOP}`, /lua\/lib\/a.lua includes itself/, {
    'lib/a': '-- @include lib/b',
    'lib/b': '-- @include lib/a',
  })
  fails(`${LOOP}return { [[long]] }`, /long brackets are not supported/)
})

test('arguments are encoded, and answers decoded, by name', () => {
  const encode = argvEncoder(sample)
  assert.deepEqual(
    encode(['7'], { name: 'a' }, [
      { isNew: true, id: 'x' },
      { id: 'y', isNew: false },
    ]),
    ['7', 'a', '', 'x', '1', 'y', '0'],
  )
  const decode = answerDecoder(sample)
  assert.deepEqual(decode(['done', 3, ['x', 1]]), { answer: 'done', sum: 3, first: { id: 'x', isNew: true } })
  assert.deepEqual(decode(['done', '3', '']), { answer: 'done', sum: 3, first: undefined })
  assert.deepEqual(decode(['no_node']), { refused: 'no_node' })
  assert.throws(() => decode(['perhaps']), /sample answered perhaps, which its definition lacks/)
})

test('types of arguments and answers', () => {
  assert.deepEqual(
    [names.toArg(['a', 'b']), names.fromReply('a,b'), names.fromReply('')],
    ['a,b', ['a', 'b'], []],
  )
  assert.deepEqual(json<number[]>('[]').toArg([1]), '[1]')
  assert.deepEqual(json<number[]>('[]').fromReply('[1]'), [1])
  assert.deepEqual(list(int).fromReply(['1', 2]), [1, 2])
  assert.deepEqual(pairs(int).fromReply(['a', '1', 'b', 2]), [
    ['a', 1],
    ['b', 2],
  ])
  assert.equal(optional(oneOf('a', 'b')).doc, '(a | b)?')
  assert.throws(() => list(int).toArg([1]), /for replies only/)
})
