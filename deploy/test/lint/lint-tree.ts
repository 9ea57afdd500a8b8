// Runs oxlint with the rules of this repository over planted files.
import { join } from 'node:path'
import { type Files, linkTools, plantTree, runProgram } from '../support.ts'

export interface Finding {
  file: string
  rule: string
  message: string
}

export interface Report {
  code: number | null
  found: Finding[]
  /** How many files were read. */
  files: number
  in(files: Files | string): Finding[]
}

export async function lint(files: Files): Promise<Report> {
  const dir = plantTree(files)
  linkTools(dir)
  const oxlint = join(dir, 'node_modules', '.bin', 'oxlint')
  const { code, output } = await runProgram(oxlint, ['--format', 'json'], { cwd: dir })
  const report = JSON.parse(output) as {
    diagnostics: { filename: string; code: string; message: string }[]
    number_of_files: number
  }
  const found = report.diagnostics.map(({ filename, code, message }) => ({
    file: filename,
    rule: code,
    message,
  }))
  return {
    code,
    found,
    files: report.number_of_files,
    in: (wanted) =>
      found.filter(({ file }) => (typeof wanted === 'string' ? file === wanted : file in wanted)),
  }
}

export const value = (path: string) => `import { it } from '${path}'\nexport const ours = it\n`
export const types = (path: string) => `import type { It } from '${path}'\nexport type Ours = It\n`
