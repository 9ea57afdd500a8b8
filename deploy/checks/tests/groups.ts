// Test files that share a stack run one after the other, and the stack is started and stopped around them.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { repoDir } from '../../setup/pins.mjs'
import { type SharedStack, SHARED_STACK_VARIABLE, viewOf } from '../../stack/shared.ts'
import type { TestFile } from './run-file.ts'

/** Files that run one after the other. */
export type Group = readonly TestFile[]

export function groupBySharedStack(files: readonly TestFile[]): Group[] {
  return [...Map.groupBy(files, ({ file, needs }) => needs.sharedStack ?? file).values()]
}

/** Calls `use` with the environment that lets the files of the group find their stack. */
export async function withSharedStack(
  group: Group,
  use: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const path = group[0]?.needs.sharedStack
  // A single file starts it by itself.
  if (path === undefined || group.length < 2) return use({})
  const { shared } = (await import(pathToFileURL(join(repoDir, path)).href)) as { shared: SharedStack }
  const stack = await shared.start()
  try {
    await use({ [SHARED_STACK_VARIABLE]: JSON.stringify(viewOf(stack)) })
  } finally {
    await stack.stop()
  }
}
