// Colours that are written out in style sheets and components.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COLOUR_NAMES } from '../../lint/colour-names.ts'
import { coloursIn } from '../../lint/colours.ts'

test('colours are found only in values', () => {
  const css = `/* #fff and red */
#add:hover, a.red:hover { mask: url(#fff); color: var(--red, #abcd); }
.white { background: white url('red.png'); box-shadow: 0 0 rgb(0 0 0 / 10%) }
.b { color: color-mix(in srgb, var(--ink) 40%, transparent); border-color: CurrentColor; }
`
  assert.deepEqual(
    coloursIn('a.css', css).map(({ line, colour }) => `${line} ${colour}`),
    ['2 #abcd', '3 white', '3 rgb(0 0 0 / 10%)'],
  )
  const code = `// '#fff'
const a = { color: '#ffffff', link: '#add-device', text: 'red', fill: "oklch(70% 0.1 200)" }
`
  assert.deepEqual(
    coloursIn('a.tsx', code).map(({ line, colour }) => `${line} ${colour}`),
    ['2 #ffffff', '2 oklch(70% 0.1 200)'],
  )
})

test('all 148 named colours are found in style sheets and in components', () => {
  assert.equal(new Set(COLOUR_NAMES).size, 148)
  for (const name of COLOUR_NAMES) {
    assert.deepEqual(coloursIn('a.css', `.a { border: 1px solid ${name}; }`), [{ line: 1, colour: name }])
    assert.deepEqual(coloursIn('a.tsx', `const a = <path fill="${name}" />`), [{ line: 1, colour: name }])
  }
})

for (const [code, colour] of Object.entries({
  '<path fill="red" />': 'red',
  "<path stroke='red' />": 'red',
  '<stop stopColor="red" />': 'red',
  '<stop stop-color="red" />': 'red',
  '<Icon color="red" />': 'red',
  "<path fill={here ? 'red' : 'none'} />": 'red',
  "<path\n fill={\n  here\n   ? 'none'\n   : 'red'\n } />": 'red',
  "<p style={{ color: 'red' }} />": 'red',
  "<p style={{ backgroundColor: 'red' }} />": 'red',
  "<p style={{ 'color': 'red' }} />": 'red',
  "<p style={{ '--ink': 'red' }} />": 'red',
  '<p style={{ border: `1px solid ${x} red` }} />': 'red',
  "const hot = 'red'\nconst a = <path fill={hot} />": 'red',
  "element.style.color = 'red'": 'red',
  "element.style.setProperty('--ink', 'red')": 'red',
  "context.fillStyle = 'red'": 'red',
  "const a = { color: '#abc' }": '#abc',
  "const a = 'linear-gradient(#abcdef, var(--ink))'": '#abcdef',
  "const a = { background: 'rgb(1 2 3 / 4%)' }": 'rgb(1 2 3 / 4%)',
  "const a = { background: 'hsl(1deg 2% 3%)' }": 'hsl(1deg 2% 3%)',
  "const a = { background: 'oklch(70% 0.1 200)' }": 'oklch(70% 0.1 200)',
  "const a = 'color-mix(in srgb, red 40%, var(--ink))'": 'red',
  "const a = 'color-mix(in srgb, #abc 40%, var(--ink))'": '#abc',
  "const a = 'color-mix(in srgb, rgb(1 2 3) 40%, var(--ink))'": 'rgb(1 2 3)',
}))
  test(`a colour in a component is found: ${JSON.stringify(code)}`, () => {
    assert.deepEqual(
      coloursIn('a.tsx', code).map((one) => one.colour),
      [colour],
    )
  })

for (const code of [
  "if (color === 'red') go()",
  "const a = { tone: 'green', text: 'red', link: '#add-device', mask: 'url(#abc)' }",
  "const a = { color: 'var(--red)', background: 'color-mix(in srgb, currentcolor 30%, transparent)' }",
  "type A = { color: string; tone: 'red' }",
  "const a = (color: string) => 'red'",
])
  test(`not a colour: ${code}`, () => assert.deepEqual(coloursIn('a.tsx', code), []))
