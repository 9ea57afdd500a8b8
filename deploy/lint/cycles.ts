// Import cycles through every form of import. oxlint's import/no-cycle shows most of them while one types, but does not
// see `import('x').T` and `import('x')`.
import { importsOf } from './import-graph.ts'

/** Groups of files that import each other, directly or through others; each sorted. */
export function importCycles(files: readonly string[]): string[][] {
  const known = new Set(files)
  const next = (file: string) =>
    importsOf(file).flatMap(({ target, isPackage, byPath }) =>
      !isPackage && !byPath && known.has(target) ? [target] : [],
    )
  // Tarjan's algorithm for strongly connected components.
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const cycles: string[][] = []
  const visit = (file: string): number => {
    const own = index.size
    index.set(file, own)
    low.set(file, own)
    stack.push(file)
    onStack.add(file)
    const targets = next(file)
    for (const target of targets) {
      const reached = index.has(target) ? (onStack.has(target) ? index.get(target)! : own) : visit(target)
      low.set(file, Math.min(low.get(file)!, reached))
    }
    if (low.get(file) === own) {
      const group = stack.splice(stack.indexOf(file))
      for (const member of group) onStack.delete(member)
      if (group.length > 1 || targets.includes(file)) cycles.push(group.toSorted())
    }
    return low.get(file)!
  }
  for (const file of files) if (!index.has(file)) visit(file)
  return cycles
}
