// Which file may import which: the tables of all packages, and the function that applies them.
import { dirname } from 'node:path'
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

/** Only the modules of the tools use these. The test runner finds out what a test needs by the modules of the tools. */
export const TOOL_HELPERS = ['find-program', 'go-tool', 'system-tool'].map(
  (name) => `deploy/stack/tools/${name}.ts`,
)

export interface Import {
  /** Path of the importing file in the repository. */
  from: string
  /** Path in the repository, or a package as written. */
  target: string
  isPackage: boolean
  typesOnly: boolean
  /** Named by its path: the file is started as a process. */
  byPath: boolean
  /** Undefined: all of it (a namespace, `import()`, `export *`). */
  names: readonly string[] | undefined
}

/** The reason why the import is forbidden; undefined when it is allowed. */
export function whyNot({ from, target, isPackage, typesOnly, byPath, names }: Import): string | undefined {
  const importers = ENTRY_POINTS[target]
  if (importers && !byPath && !importers.includes(from))
    return `${target} is an entry point; other files do not depend on it`
  const inStack = target.replace(/^@levee\/deploy\/(.+)$/, 'deploy/stack/$1.ts')
  if (TOOL_HELPERS.includes(inStack) && dirname(inStack) !== dirname(from))
    return 'a tool is used through its own module, which tells the test runner about it'
  const row = rowOf(from)
  if (!row) return undefined
  const inside = (path: string) => (folder: string) => path === folder || path.startsWith(`${folder}/`)
  if (row.may.some(inside(target)) || (typesOnly && row.types?.some(inside(target)))) return undefined
  // A package of this workspace has to be listed in `may` or `types`. URLs and the names that package.json maps to files
  // (`#name`) are no packages.
  const external = isPackage && !/^(@levee\/|#|file:|data:|https?:)/.test(target)
  if (external && (!row.packages || row.packages.some((allowed) => fits(allowed, target, names))))
    return undefined
  return row.because
}

/** Everything that a table names: the files of one part may all be imported by the same files. */
const PARTS = new Set(ROWS.flatMap(({ path, may }) => [path, ...may]))

/** The part that a file belongs to. */
export function partOf(file: string): string | undefined {
  for (let path = file; path !== '.'; path = dirname(path)) if (PARTS.has(path)) return path
  return undefined
}

/** The row that decides about a file: the one with the longest path. */
export function rowOf(file: string): Row | undefined {
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
