/**
 * For tests: loaded with `node --import` before a program's own code. Moves the program's wall clock by
 * FAKE_CLOCK_OFFSETS_MS. Several offsets ('60000,-60000,0') alternate every 250 ms.
 */
import { FAKE_CLOCK_SWITCH_MS } from '../setup/tuning.mjs'

const trueNow = Date.now
const offsetsMs = (process.env['FAKE_CLOCK_OFFSETS_MS'] ?? '0').split(',').map(Number)
let turn = 0

globalThis.Date = class FakeDate extends Date {
  constructor(...args: ConstructorParameters<DateConstructor> | []) {
    // Without arguments a date is the current time.
    if (args.length === 0) super(FakeDate.now())
    else super(...args)
  }
  static override now(): number {
    return trueNow() + (offsetsMs[turn % offsetsMs.length] ?? 0)
  }
} as DateConstructor

setInterval(() => (turn += 1), FAKE_CLOCK_SWITCH_MS).unref()
