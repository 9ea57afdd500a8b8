/**
 * The value from before wherever nothing has changed, down to its parts: React then leaves alone whoever shows them.
 * Plain objects, lists and sets are compared by what is in them, anything else by identity.
 */
export function shareStructure<T>(before: T, after: T): T {
  if (Object.is(before, after)) return before
  if (Array.isArray(before) && Array.isArray(after)) return keepList(before, after) as T
  if (before instanceof Set && after instanceof Set)
    return before.size === after.size && [...after].every((one) => before.has(one)) ? before : after
  return isPlain(before) && isPlain(after) ? (keepObject(before, after) as T) : after
}

function keepList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const kept = after.map((one, at) => (at < before.length ? shareStructure(before[at], one) : one))
  return kept.length === before.length && kept.every((one, at) => Object.is(one, before[at])) ? before : kept
}

function keepObject(before: Plain, after: Plain): Plain {
  const names = Object.keys(after)
  const kept: Plain = {}
  for (const name of names)
    kept[name] = name in before ? shareStructure(before[name], after[name]) : after[name]
  const same = names.every((name) => name in before && Object.is(kept[name], before[name]))
  return same && names.length === Object.keys(before).length ? before : kept
}

type Plain = Record<string, unknown>

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
