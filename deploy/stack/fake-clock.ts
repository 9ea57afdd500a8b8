/**
 * For tests, loaded before a process's own code (node --import): its wall clock is wrong by WRONG_CLOCK_MS. Of several
 * numbers ('60000,-60000,0') the next comes every 250 ms.
 */
const trueNow = Date.now
const wrongByMs = (process.env['WRONG_CLOCK_MS'] ?? '0').split(',').map(Number)
let turn = 0

globalThis.Date = class WrongDate extends Date {
  constructor(...args: ConstructorParameters<DateConstructor> | []) {
    // Without arguments a date is the present.
    if (args.length === 0) super(WrongDate.now())
    else super(...args)
  }
  static override now(): number {
    return trueNow() + (wrongByMs[turn % wrongByMs.length] ?? 0)
  }
} as DateConstructor

setInterval(() => (turn += 1), 250).unref()
