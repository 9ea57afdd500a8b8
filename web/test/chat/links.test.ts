import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutPieces, findLinks, type Piece } from '../../src/chat/links.ts'

const linksIn = (text: string) => findLinks(text).filter((piece) => typeof piece !== 'string')
const hrefs = (text: string) => linksIn(text).map(({ href }) => href)
const textOf = (pieces: readonly Piece[]) =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : piece.shown)).join('')

test('links are found with what belongs to them', () => {
  assert.deepEqual(hrefs('see https://levee.example/a?b=c#d, and http://x.example.'), [
    'https://levee.example/a?b=c#d',
    'http://x.example/',
  ])
  assert.deepEqual(hrefs('(https://x.example/a_(b))'), ['https://x.example/a_(b)'])
  assert.deepEqual(hrefs('“https://x.example/ä”'), ['https://x.example/%C3%A4'])
  assert.equal(textOf(findLinks('a https://x.example/ b')), 'a https://x.example/ b')
})

test('nothing but http and https is a link', () => {
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://x.example',
    'x.example',
    'me@x.example',
  ])
    assert.deepEqual(hrefs(text), [], text)
  for (const text of ['https://', 'https://[', 'xhttps://x.example', 'file:///etc/passwd', '//x.example'])
    assert.deepEqual(hrefs(text), [], text)
})

test('a link shows where it goes', () => {
  const shown = (text: string) => linksIn(text)[0]?.shown
  assert.equal(shown('https://аpple.com/x'), 'https://xn--pple-43d.com/x', 'a Cyrillic letter')
  assert.equal(shown('https://ｅｘample.com/x'), 'https://example.com/x', 'a wide letter')
  assert.deepEqual(hrefs('https://bank.example@evil.example/'), [], 'a name before the host')
  assert.deepEqual(hrefs('https://evil.example\\@bank.example/'), ['https://evil.example/'], 'a backslash')
  assert.deepEqual(
    hrefs('https://x.example/\u202Egpj'),
    ['https://x.example/'],
    'a mark that turns the direction',
  )
  assert.deepEqual(hrefs(`https://x.example/${'a'.repeat(2_048)}`), [], 'longer than any server takes')
})

test('whatever the text is, no character is lost and every link is http or https', () => {
  const parts = [
    'https://',
    'http://',
    'a',
    '.',
    ')',
    '(',
    '@',
    '\\',
    ' ',
    '\n',
    'ж',
    '😀',
    '\u202E',
    ':',
    '/',
    '%',
  ]
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed % below
  }
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: random(16) }, () => parts[random(97) % parts.length] ?? '').join('')
    const pieces = findLinks(text)
    for (const piece of pieces)
      if (typeof piece !== 'string') assert.match(new URL(piece.href).protocol, /^https?:$/, text)
    const plain = pieces.filter((piece) => typeof piece === 'string').join('')
    for (const char of plain) assert.ok(text.includes(char))
    if (pieces.every((piece) => typeof piece === 'string')) assert.equal(plain, text)
  }
})

test('no text takes long: time in proportion to the length', () => {
  for (const unit of [
    'a',
    'http',
    'https://',
    'https://a.b/',
    ')',
    'https://a)',
    '@a.',
    '://',
    'h',
    'a.',
    '\u0301',
  ]) {
    const text = unit.repeat(Math.ceil(100_000 / unit.length))
    const startMs = performance.now()
    findLinks(text)
    findLinks(`https://${text}`)
    const tookMs = performance.now() - startMs
    assert.ok(tookMs < 500, `${unit}: ${tookMs} ms`)
  }
})

test('a long message is cut at lines or letters, never within a link or a pair', () => {
  const cut = (text: string, length: number, lines = 99) => {
    const kept = cutPieces(findLinks(text), length, lines)
    return kept && textOf(kept)
  }
  assert.equal(cut('short', 5), undefined)
  assert.equal(cut('longer', 5), 'longe')
  assert.equal(cut('see https://x.example/ now', 12), 'see ')
  assert.equal(cut('a\nb\nc', 99, 2), 'a\nb')
  assert.equal(cut('a\nb', 99, 2), undefined)
  assert.equal(cut('ab😀', 3), 'ab')
})
