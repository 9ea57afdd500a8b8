// Class names of CSS modules are strings to the type checker: this finds misspelt and unused ones.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const src = fileURLToPath(new URL('../../src', import.meta.url))
const read = (path: string) => readFileSync(join(src, path), 'utf8')

const withoutComments = (css: string) => css.replaceAll(/\/\*[^]*?\*\//g, '')

function classesOf(css: string): Set<string> {
  const ours = withoutComments(css).replaceAll(/:global\([^{]*\)/g, '')
  const selectors = [...ours.matchAll(/([^{};]+)\{/g)].map(([, selector = '']) => selector)
  return new Set(
    selectors.flatMap((selector) => [...selector.matchAll(/\.([a-z][\w-]*)/gi)].map(([, name = '']) => name)),
  )
}

/** By module, the names that components take from it. */
function usedClasses(): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>()
  for (const file of globSync('**/*.{ts,tsx}', { cwd: src })) {
    const text = read(file)
    for (const [, name = '', path = ''] of text.matchAll(/import (\w+) from '([^']+\.module\.css)'/g)) {
      const module = join(dirname(file), path)
      const names = used.get(module) ?? new Set()
      for (const [, key = ''] of text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))) names.add(key)
      used.set(module, names)
    }
  }
  return used
}

const modules = globSync('**/*.module.css', { cwd: src })
const used = usedClasses()

test('every class that a component names is defined, and every defined class is used', () => {
  assert.ok(modules.length > 20)
  assert.deepEqual([...used.keys()].toSorted(), modules.toSorted())
  for (const module of modules) {
    const defined = [...classesOf(read(module))].toSorted()
    assert.deepEqual([...(used.get(module) ?? [])].toSorted(), defined, module)
  }
})

test('every rule is in a layer, and the order of the layers is set in one place', () => {
  for (const module of modules) {
    const css = withoutComments(read(module)).trim()
    assert.match(css, /^@layer (?:components|features|pages) \{[^]*\}$/, module)
    assert.equal(css.match(/@layer/g)?.length, 1, module)
  }
  const order = globSync('**/*.css', { cwd: src }).filter((file) => /@layer [^{;]*,/.test(read(file)))
  assert.deepEqual(order, ['ui/styles.css'])
})
