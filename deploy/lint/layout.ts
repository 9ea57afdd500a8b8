// Rules that oxlint cannot apply: sizes of files and folders, and colours in style sheets.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { coloursIn } from './colours.ts'
import { PENDING, type Rule } from './pending.ts'
import { root } from './repo.ts'

const PACKAGES = ['control-plane', 'edge-agent', 'web', 'deploy', 'load-tests']
const MAX_FILES_PER_FOLDER = 15
const MAX_LINES = 200
/** Schemas, style sheets and Lua libraries are lists: they may be longer without being complicated. */
const MAX_LINES_OF_LISTS = 300

interface Problem {
  /** File or folder. */
  path: string
  message: string
}

/** Sources without tests: a test file may be as long as its subject needs. */
function sourceFiles(): string[] {
  return globSync(`{${PACKAGES.join(',')}}/**/*.{ts,tsx,mjs,css,lua,go}`, {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|test|e2e)$/.test(path),
  }).toSorted()
}

const maxLinesOf = (file: string): number =>
  /\/contract\/|\/lua\/lib\/|\.css$/.test(file) ? MAX_LINES_OF_LISTS : MAX_LINES

function longFiles(files: readonly string[]): Problem[] {
  return files.flatMap((path) => {
    const lines = readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length
    const max = maxLinesOf(path)
    return lines > max ? [{ path, message: `${path} has ${lines} lines, more than ${max}` }] : []
  })
}

function largeFolders(files: readonly string[]): Problem[] {
  const counts = new Map<string, number>()
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count > MAX_FILES_PER_FOLDER)
    .map(([path, count]) => ({
      path,
      message: `${path} holds ${count} source files, more than ${MAX_FILES_PER_FOLDER}`,
    }))
}

function rawColours(files: readonly string[]): Problem[] {
  return files
    .filter((file) => file.startsWith('web/src/') && file !== 'web/src/ui/tokens.css')
    .flatMap((path) =>
      coloursIn(path, readFileSync(join(root, path), 'utf8')).map(({ line, colour }) => ({
        path,
        message: `${path}:${line} has the colour ${colour}: use a variable of web/src/ui/tokens.css`,
      })),
    )
}

/** Removes the problems that are on the pending list, and reports entries of the list that are no longer needed. */
function withoutPending(rule: Rule, problems: readonly Problem[]): string[] {
  const pending = PENDING[rule]
  const stale = pending.filter((entry) => !problems.some(({ path }) => path === entry))
  return [
    ...problems.filter(({ path }) => !pending.includes(path)).map(({ message }) => message),
    ...stale.map(
      (entry) => `“${entry}” is no longer needed: remove it from ${rule} in deploy/lint/pending.ts`,
    ),
  ]
}

/** Rules of the oxlint plugin report stale entries of the files that they read; this finds those of deleted files. */
function deletedPending(): string[] {
  return [...PENDING['may-import'], ...PENDING['named-numbers']]
    .map((entry) => entry.split(' -> ')[0] ?? '')
    .filter((file) => !existsSync(join(root, file)))
    .map((file) => `${file} does not exist: remove it from deploy/lint/pending.ts`)
}

export function layoutProblems(): { files: number; problems: string[] } {
  const files = sourceFiles()
  const problems = [
    ...withoutPending('file-length', longFiles(files)),
    ...withoutPending('folder-size', largeFolders(files)),
    ...withoutPending('raw-colours', rawColours(files)),
    ...deletedPending(),
  ]
  return { files: files.length, problems }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, problems } = layoutProblems()
  for (const problem of problems) console.log(problem)
  console.log(`Checked the layout on ${files} files.`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
