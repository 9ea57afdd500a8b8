// Files that do not follow a rule yet. The list only shrinks: a rule also reports an entry that is no longer needed.

export type Rule = 'may-import' | 'named-numbers' | 'file-length' | 'folder-size' | 'raw-colours'

/** By rule: files or folders; for may-import: “file -> what it imports”. */
export const PENDING: Readonly<Record<Rule, readonly string[]>> = {
  'may-import': [],
  'named-numbers': [],
  'file-length': [],
  'folder-size': [],
  'raw-colours': [],
}
