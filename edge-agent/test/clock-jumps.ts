/** Loaded before the agent (node --import): a wall clock that leaps a minute ahead and back, four times a second. */
const trueNow = Date.now
const LEAPS_MS = [60_000, -60_000, 0] as const
let leap = 0

globalThis.Date = class LeapingDate extends Date {
  constructor(...args: ConstructorParameters<DateConstructor> | []) {
    // Without arguments a date is the present.
    if (args.length === 0) super(LeapingDate.now())
    else super(...args)
  }
  static override now(): number {
    return trueNow() + (LEAPS_MS[leap % LEAPS_MS.length] ?? 0)
  }
} as DateConstructor

setInterval(() => (leap += 1), 250).unref()
