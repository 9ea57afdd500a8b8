import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionOf, keyOf, SHORTCUTS } from '../../src/controls/shortcuts.ts'

type Press = Parameters<typeof actionOf>[0]

const press = (key: string, change: Partial<Press> = {}): Press => ({
  key,
  code: `Key${key.toUpperCase()}`,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  repeat: false,
  target: null,
  ...change,
})

/** An element inside one of `names`; the selector is matched as plain names. */
const inside = (...names: readonly string[]): EventTarget =>
  Object.assign(new EventTarget(), {
    closest: (selector: string) => (selector.split(', ').some((part) => names.includes(part)) ? {} : null),
  })

test('one key, one action, each with a description', () => {
  assert.equal(new Set(SHORTCUTS.map(({ key }) => key)).size, SHORTCUTS.length)
  assert.equal(new Set(SHORTCUTS.map(({ action }) => action)).size, SHORTCUTS.length)
  for (const { key, action, description } of SHORTCUTS) {
    assert.match(key, /^[a-z]$/)
    assert.ok(description.message)
    assert.equal(keyOf(action), key)
    assert.equal(actionOf(press(key)), action)
  }
})

test('leaving has no key: a single mistake must not end a meeting', () => {
  assert.equal(keyOf('askToLeave'), undefined)
})

test('capitals count, other keys do not', () => {
  assert.equal(actionOf(press('M')), 'toggleMicrophone')
  assert.equal(actionOf(press('x')), undefined)
  assert.equal(actionOf(press('Enter', { code: 'Enter' })), undefined)
})

test('on a keyboard for another script the position of the key counts', () => {
  assert.equal(actionOf(press('ь', { code: 'KeyM' })), 'toggleMicrophone')
  // Latin letters follow the layout: on AZERTY the M is elsewhere.
  assert.equal(actionOf(press('m', { code: 'Semicolon' })), 'toggleMicrophone')
  assert.equal(actionOf(press(',', { code: 'KeyM' })), undefined)
})

test('combinations of the browser, held keys and unfinished characters are ignored', () => {
  for (const name of ['ctrlKey', 'metaKey', 'altKey', 'repeat', 'isComposing'] as const)
    assert.equal(actionOf(press('m', { [name]: true })), undefined, name)
})

test('in a text field and an open dialog, letters are not shortcuts', () => {
  for (const name of ['input', 'textarea', 'select', '[contenteditable]', 'dialog'])
    assert.equal(actionOf(press('m', { target: inside(name) })), undefined, name)
  assert.equal(actionOf(press('m', { target: inside('button') })), 'toggleMicrophone')
})
