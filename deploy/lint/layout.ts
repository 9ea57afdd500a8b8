// Rules that oxlint cannot apply: sizes of files and folders, colours in style sheets, import cycles in every form, and
// what would hide a file from oxlint.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { coloursIn } from './colours.ts'
import { importCycles } from './cycles.ts'
import { rowOf } from './imports/may-import.ts'
import { PENDING, type Rule } from './pending.ts'
import { root } from './repo.ts'
import { MODULE, ignoredFiles, isSource, isTest, repoFiles } from './sources.ts'
import { wrongSuppressions } from './suppressions.ts'

const MAX_FILES_PER_FOLDER = 15
const MAX_LINES = 200
/** Schemas, style sheets and Lua libraries are lists: they may be longer without being complicated. */
const MAX_LINES_OF_LISTS = 300

interface Problem {
  /** File or folder. */
  path: string
  message: string
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const maxLinesOf = (file: string): number =>
  /^control-plane\/src\/(contract|redis\/lua\/lib)\/|\.css$/.test(file) ? MAX_LINES_OF_LISTS : MAX_LINES

function longFiles(files: readonly string[]): Problem[] {
  return files.flatMap((path) => {
    const lines = read(path).trimEnd().split('\n').length
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
      coloursIn(path, read(path)).map(({ line, colour }) => ({
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

/** Settings beside the root's would apply to their folder instead of the root's. */
const SETTINGS =
  /\/(\.oxlintrc\.jsonc?|oxlint\.config\.\w+|\.oxlintignore|\.eslintignore|\.oxfmtrc\.jsonc?|\.gitignore)$/

/** What would hide a file from the linter or from its import table. */
function hiddenFiles(files: readonly string[]): string[] {
  return [
    ...ignoredFiles()
      .filter(isSource)
      .map((file) => `${file} is tracked although .gitignore names it: the other checks skip it`),
    ...files
      .filter((file) => SETTINGS.test(file))
      .map((file) => `${file} would change the rules for its folder: only the root has such a file`),
    ...files
      .filter((file) => MODULE.test(file) && !rowOf(file))
      .map((file) => `${file} is in no row of the import tables: add one in deploy/lint/imports`),
    ...files
      .filter((file) => MODULE.test(file))
      .flatMap((file) =>
        wrongSuppressions(file, read(file)).map(({ line, message }) => `${file}:${line} ${message}`),
      ),
  ]
}

export function layoutProblems(): { files: number; problems: string[] } {
  const all = repoFiles()
  const files = all.filter((file) => isSource(file) && !isTest(file))
  const problems = [
    ...withoutPending('file-length', longFiles(files)),
    ...withoutPending('folder-size', largeFolders(files)),
    ...withoutPending('raw-colours', rawColours(files)),
    ...deletedPending(),
    ...hiddenFiles(all),
    ...importCycles(all.filter((file) => MODULE.test(file))).map(
      (cycle) => `these files import each other: ${cycle.join(', ')}`,
    ),
  ]
  return { files: files.length, problems }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, problems } = layoutProblems()
  for (const problem of problems) console.log(problem)
  console.log(`Checked the layout on ${files} files.`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
