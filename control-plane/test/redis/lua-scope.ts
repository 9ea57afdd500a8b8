import type { KeyKind } from '../../src/redis/keys/key-kind.ts'

export type Keys = Readonly<Record<string, KeyKind>>

/** A key of the table. `kind` is undefined for a key that a function takes as its argument. */
export type Key = { kind?: string; type: KeyKind['type'] }

/** The locals of a block, and the key that each was set to. */
export class Scope {
  readonly #locals = new Map<string, Key | undefined>()
  readonly #outer: Scope | undefined
  constructor(outer?: Scope) {
    this.#outer = outer
  }
  declare(name: string, key?: Key): void {
    this.#locals.set(name, key)
  }
  has(name: string): boolean {
    return this.#locals.has(name) || (this.#outer?.has(name) ?? false)
  }
  keyOf(name: string): Key | undefined {
    return this.#locals.has(name) ? this.#locals.get(name) : this.#outer?.keyOf(name)
  }
}

/** The key that `nodeKey(…)` or `metaKey` names, if the table has it and it is used as what it is there. */
export function tableKey(keys: Keys, name: string, isCalled: boolean): Key | undefined {
  const kind = /^(\w+)Key$/.exec(name)?.[1]
  const found = kind !== undefined && Object.hasOwn(keys, kind) ? keys[kind] : undefined
  if (kind === undefined || found === undefined) return undefined
  return isCalled === (found.of !== undefined) ? { kind, type: found.type } : undefined
}
