import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundMarks, cleanDisplayName, lookalikeKey } from '../../../src/protocol/names/display-names.ts'

/** The same texts at each run. */
function* randomTexts(count: number): Generator<string> {
  let seed = 0x1ee7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const dangerous = [0x00, 0x0a, 0xad, 0x34f, 0x301, 0x489, 0x115f, 0x1160, 0x200b, 0x200d, 0x202e, 0x2066]
  const invisible = [
    0x2800, 0x3164, 0xffa0, 0xfe0f, 0xd800, 0xe000, 0xffff, 0x1d159, 0xe0041, 0xe0100, 0x1f469,
  ]
  const special = [...dangerous, ...invisible, 0x20, 0x41, 0x61]
  for (let i = 0; i < count; i++) {
    const length = random(24)
    const points = Array.from({ length }, () =>
      random(2) === 0 ? (special[random(special.length)] ?? 0) : random(0x11_0000),
    )
    yield String.fromCodePoint(...points)
  }
}

test('display names may use every script and lose characters that could mislead readers', () => {
  assert.equal(cleanDisplayName('  Zoë   李小龙 '), 'Zoë 李小龙')
  assert.equal(cleanDisplayName('👩‍👩‍👧‍👦 family'), '👩‍👩‍👧‍👦 family')
  assert.equal(cleanDisplayName('❤️ Ann'), '❤️ Ann')
  assert.equal(cleanDisplayName('admin\u202Egpj.exe'), 'admin gpj.exe')
  assert.equal(cleanDisplayName('a\u0000b\nc'), 'a b c')
  assert.equal(cleanDisplayName('e\u0301'), 'é')
  assert.equal(cleanDisplayName('x\uD800y'), 'x\uFFFDy')
  for (const nothing of ['', '   ', '\u200B\u200B', '\u202E', '\u0301', '\uFEFF'])
    assert.equal(cleanDisplayName(nothing), null, JSON.stringify(nothing))
})

test('names in scripts with joiners and stacked syllables stay as they are written', () => {
  for (const name of ['علی‌رضا', 'क्‍ष', 'မြွှုံ', 'བསྒྲུབས', 'Nguyễn Thị Ánh', 'שָׁלוֹם', 'น้ำ'])
    assert.equal(cleanDisplayName(name), name.normalize('NFC'))
})

test('a name of characters that show nothing is no name', () => {
  const invisible = ['\u115F', '\u1160', '\u3164', '\uFFA0', '\u2800', '\u00AD', '\u034F', '\u2060', '\u180E']
  for (const one of [...invisible, '\u17B5', '\uFE0F', '\u{E0041}', '\u{E0100}', '\u{1D159}', '\uE000'])
    for (const name of [one, one.repeat(9), ` ${one} `, `${one}\u0301`])
      assert.equal(cleanDisplayName(name), null, JSON.stringify(name))
})

test('invisible characters inside a name are removed', () => {
  for (const one of ['\u200B', '\u200D', '\u00AD', '\u034F', '\u2060', '\uFE0F', '\u{E0041}', '\u{E0100}'])
    assert.equal(cleanDisplayName(`An${one}n`), 'Ann', JSON.stringify(one))
  for (const filler of ['\u3164', '\uFFA0', '\u2800']) assert.equal(cleanDisplayName(`An${filler}n`), 'An n')
})

test('a name has a letter or a digit; emoji, symbols and punctuation alone are refused', () => {
  for (const name of ['🦊', '👩‍👩‍👧‍👦', '...', '—', '\uFFFD', '( )', '€'])
    assert.equal(cleanDisplayName(name), null, name)
  for (const name of ['7', 'Ж', '🦊 Fox', 'ⅷ']) assert.equal(cleanDisplayName(name), name)
})

test('marks on a letter are bounded', () => {
  assert.equal(cleanDisplayName(`Z${'\u0335\u0322\u0353'.repeat(20)}oe`)?.match(/\p{M}/gu)?.length, 2)
  assert.equal(cleanDisplayName(`ກ${'\u0EC8'.repeat(60)}`)?.match(/\p{M}/gu)?.length, 5)
  assert.equal(cleanDisplayName(`A\u20DD\u20DEnn`), 'Ann')
  assert.equal(cleanDisplayName(' \u0301\u0301Ann'), 'Ann')
})

test('whatever comes in, the name that comes out is clean, and cleaning it again changes nothing', () => {
  for (const raw of randomTexts(20_000)) {
    const name = cleanDisplayName(raw)
    if (name === null) continue
    const shown = JSON.stringify([raw, name])
    assert.equal(cleanDisplayName(name), name, shown)
    assert.match(name, /[\p{L}\p{N}]/u, shown)
    assert.doesNotMatch(
      name,
      /[\p{Cc}\p{Cs}\p{Co}\u2028-\u202E\u2066-\u2069\u200B\u3164\uFFA0\u2800]/u,
      shown,
    )
    assert.doesNotMatch(name, /\p{M}{6}/u, shown)
    assert.doesNotMatch(name, /^\s|\s$|\s\s/u, shown)
  }
})

test('cleaning takes time in proportion to the length', () => {
  for (const unit of ['a', '\u0301', 'a\u0301', '\u200D', '👩\u200D', '\u3164', ' ', '#1', ' #']) {
    const startMs = performance.now()
    cleanDisplayName(unit.repeat(50_000))
    lookalikeKey(unit.repeat(50_000))
    boundMarks(unit.repeat(50_000))
    assert.ok(performance.now() - startMs < 500, `${JSON.stringify(unit)}: ${performance.now() - startMs} ms`)
  }
})

test('names that look alike have the same key, others do not', () => {
  const same = ['Ann', 'ann', 'ＡＮＮ', ' Ann. ', 'A nn', 'Ann #417', 'Ann #2 ', '𝐀𝐧𝐧', 'Ann ✅']
  assert.equal(new Set(same.map(lookalikeKey)).size, 1)
  assert.equal(lookalikeKey('Straße'), lookalikeKey('STRASSE'))
  assert.notEqual(lookalikeKey('Ann'), lookalikeKey('Anna'))
  assert.notEqual(lookalikeKey('Room 1'), lookalikeKey('Room 2'))
})
