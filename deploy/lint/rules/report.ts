import { inRepo } from '../repo.ts'
import { PENDING, type Rule } from '../pending.ts'

/** The part of oxlint's context that the rules use. */
export interface Context<Node> {
  filename: string
  report(problem: { node: Node; message: string }): void
}

/**
 * Reports problems of one file unless they are on the list of pending exceptions, and finally those exceptions of the
 * file that are no longer needed.
 */
export function reporter<Node>(rule: Rule, context: Context<Node>) {
  const file = inRepo(context.filename)
  const pending = PENDING[rule].filter((entry) => entry === file || entry.startsWith(`${file} -> `))
  const used = new Set<string>()
  return {
    file,
    /** `entry`: the entry of the list for this problem. */
    report(node: Node, entry: string, message: string): void {
      if (pending.includes(entry)) used.add(entry)
      else context.report({ node, message })
    },
    reportStale(node: Node): void {
      for (const entry of pending)
        if (!used.has(entry))
          context.report({
            node,
            message: `“${entry}” is no longer needed: remove it from deploy/lint/pending.ts`,
          })
    },
  }
}
