import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initials } from '../../src/ui/initials.ts'

test('initials are letters, digits or emoji, at most two', () => {
  const cases = {
    'Ann Lee': 'AL',
    ann: 'A',
    'Ann (host)': 'A',
    '李 小龙': '李小',
    '🦊 Fox': '🦊F',
    '7 of 9': '79',
    '…': '?',
  }
  for (const [name, letters] of Object.entries(cases)) assert.equal(initials(name), letters, name)
})
