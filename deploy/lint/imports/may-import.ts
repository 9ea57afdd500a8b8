// Which file may import which: the tables of all packages, and the function that applies them.
import { CONTROL_PLANE } from './control-plane.ts'
import { EDGE_AGENT } from './edge-agent.ts'
import type { Row } from './row.ts'
import { DEPLOY, LOAD_TESTS } from './tools.ts'
import { WEB } from './web.ts'

export const ROWS: readonly Row[] = [...CONTROL_PLANE, ...EDGE_AGENT, ...WEB, ...LOAD_TESTS, ...DEPLOY]

/** These depend on every part of their package, so only the listed files may import them. */
export const ENTRY_POINTS: Readonly<Record<string, readonly string[]>> = {
  'control-plane/src/main.ts': [],
  'control-plane/src/wiring.ts': ['control-plane/src/main.ts'],
  'edge-agent/src/main.ts': [],
  'edge-agent/src/wiring.ts': ['edge-agent/src/main.ts'],
  'web/src/main.tsx': [],
}

export interface Import {
  /** Path of the importing file in the repository. */
  from: string
  /** Path in the repository, or a package as written. */
  target: string
  isPackage: boolean
  typesOnly: boolean
  /** Undefined: all of it (a namespace, `import()`, `export *`). */
  names: readonly string[] | undefined
}

/** The reason why the import is forbidden; undefined when it is allowed. */
export function whyNot({ from, target, isPackage, typesOnly, names }: Import): string | undefined {
  const importers = ENTRY_POINTS[target]
  if (importers && !importers.includes(from))
    return `${target} is an entry point; other files do not depend on it`
  const row = rowOf(from)
  if (!row) return undefined
  const inside = (path: string) => (folder: string) => path === folder || path.startsWith(`${folder}/`)
  if (row.may.some(inside(target)) || (typesOnly && row.types?.some(inside(target)))) return undefined
  // A package of this workspace has to be listed in `may` or `types`.
  const external = isPackage && !target.startsWith('@levee/')
  if (external && (!row.packages || row.packages.some((allowed) => fits(allowed, target, names))))
    return undefined
  return row.because
}

function rowOf(file: string): Row | undefined {
  return ROWS.filter(({ path }) => file === path || file.startsWith(`${path}/`)).toSorted(
    (a, b) => b.path.length - a.path.length,
  )[0]
}

function fits(allowed: string, target: string, names: readonly string[] | undefined): boolean {
  const [name = '', only] = allowed.split('#')
  if (only)
    return target === name && names !== undefined && names.every((one) => only.split(',').includes(one))
  return target === name || target.startsWith(name.endsWith(':') ? name : `${name}/`)
}
