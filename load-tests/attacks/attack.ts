import type { Scene } from './scene.ts'

export interface Attack {
  name: string
  /** What must never happen, as the end of a sentence that begins with “It must not”. */
  mustNot: string
  /** Resolves to what was seen. Throws Succeeded when the attack got through. */
  run: (scene: Scene) => Promise<string>
}

export class Succeeded extends Error {
  override name = 'Succeeded'
}

/** @throws Succeeded */
export function holds(condition: boolean, otherwise: string): void {
  if (!condition) throw new Succeeded(otherwise)
}
