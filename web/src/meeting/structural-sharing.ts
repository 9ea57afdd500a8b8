/**
 * Returns `after` with every part that equals its counterpart in `before` replaced by that counterpart, so that React
 * does not render what has not changed. Plain objects, arrays and sets are compared by content, anything else by
 * identity.
 */
export function shareStructure<T>(before: T, after: T): T {
  if (Object.is(before, after)) return before
  if (Array.isArray(before) && Array.isArray(after)) return shareList(before, after) as T
  if (before instanceof Set && after instanceof Set)
    return before.size === after.size && [...after].every((one) => before.has(one)) ? before : after
  return isPlain(before) && isPlain(after) ? (shareObject(before, after) as T) : after
}

function shareList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const shared = after.map((one, at) => (at < before.length ? shareStructure(before[at], one) : one))
  const same = shared.length === before.length && shared.every((one, at) => Object.is(one, before[at]))
  return same ? before : shared
}

function shareObject(before: Plain, after: Plain): Plain {
  const names = Object.keys(after)
  const shared: Plain = {}
  for (const name of names)
    shared[name] = name in before ? shareStructure(before[name], after[name]) : after[name]
  const same = names.every((name) => name in before && Object.is(shared[name], before[name]))
  return same && names.length === Object.keys(before).length ? before : shared
}

type Plain = Record<string, unknown>

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
