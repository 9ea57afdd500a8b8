// Numbers, dates, lists and durations as users of each region write them.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { i18n } from '@lingui/core'
import {
  formatDate,
  formatDuration,
  formatList,
  formatLocale,
  formatNumber,
  formatPercent,
  formatTime,
  formatUnit,
} from '../../src/i18n/format.ts'

const inRegion = (locale: string) => i18n.loadAndActivate({ locale: 'en', locales: locale, messages: {} })
/** With plain spaces, because the kinds of space differ between versions of the Unicode data. */
const plain = (text: string) => text.replaceAll(/\s/gu, ' ')

describe('formats', () => {
  beforeEach(() => inRegion('en-US'))

  test('the language comes from the texts, the region from the browser', () => {
    assert.equal(formatLocale('en', 'en-GB'), 'en-GB')
    assert.equal(formatLocale('en', 'de'), 'en-DE')
    assert.equal(formatLocale('en', 'de-AT'), 'en-AT')
  })

  test('numbers and percentages', () => {
    assert.equal(formatNumber(12_345), '12,345')
    assert.equal(formatPercent(0.634), '63%')
    inRegion('en-DE')
    assert.equal(formatNumber(12_345), '12.345')
  })

  test('dates and times', () => {
    const when = new Date(2026, 11, 5, 15, 4)
    assert.equal(formatDate(when), 'December 5, 2026')
    assert.equal(plain(formatTime(when)), '3:04 PM')
    inRegion('en-DE')
    assert.equal(plain(formatTime(when)), '15:04')
  })

  test('lists', () => {
    assert.equal(formatList(['Ann', 'Bob', 'Cem']), 'Ann, Bob, and Cem')
  })

  test('durations have two units at most, and seconds only below a minute', () => {
    assert.equal(plain(formatUnit(8, 'millisecond')), '8 ms')
    assert.equal(formatUnit(8, 'millisecond'), '8\u{a0}ms')
    const cases: [number, string][] = [
      [0, '0 sec'],
      [0.6, '1 sec'],
      [59, '59 sec'],
      [61, '1 min'],
      [7_500, '2 hr, 5 min'],
      [90_061, '1 day, 1 hr'],
    ]
    for (const [sec, expected] of cases) assert.equal(plain(formatDuration(sec)), expected)
    assert.equal(plain(formatDuration(300, 'long')), '5 minutes')
  })
})
