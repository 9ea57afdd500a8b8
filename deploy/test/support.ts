// Copies of the rules and tools in a temporary folder, and programs that are run there.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { plainEnv } from '../stack/environment.ts'
import { repoDir } from '../setup/pins.mjs'

const home = mkdtempSync(join(tmpdir(), 'levee-deploy-'))
const started = new Set<ChildProcess>()
after(() => {
  // Processes that a failed test has left; each of them ends its own children.
  for (const child of started) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

export const tempDir = (): string => mkdtempSync(join(home, 'dir-'))

/** Path in the tree → content. */
export type Files = Readonly<Record<string, string>>

const NOTHING_PENDING = `export type Rule = 'may-import' | 'named-numbers' | 'file-length' | 'folder-size' | 'raw-colours'
export const PENDING: Record<Rule, readonly string[]> = {
  'may-import': [],
  'named-numbers': [],
  'file-length': [],
  'folder-size': [],
  'raw-colours': [],
}
`

/** A tree with the rules and settings of this repository, the given parts of it, and the planted files. */
export function plantTree(files: Files, parts: readonly string[] = []): string {
  const dir = tempDir()
  const settings = ['.oxlintrc.json', '.oxfmtrc.json', 'tsconfig.base.json']
  for (const own of ['deploy/lint', ...settings, ...parts])
    cpSync(join(repoDir, own), join(dir, own), { recursive: true })
  symlinkSync(join(repoDir, 'deploy/node_modules'), join(dir, 'deploy/node_modules'))
  plant(dir, { 'deploy/lint/pending.ts': NOTHING_PENDING, ...files })
  return dir
}

export function plant(dir: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
  }
}

/** The same tools as in the checkout. */
export function linkTools(dir: string): void {
  symlinkSync(join(repoDir, 'node_modules'), join(dir, 'node_modules'))
}

/** Variables that say where tools are: a program under test then finds the same ones and builds nothing. */
const TOOLS = ['LEVEE_CACHE_DIR', 'XDG_CACHE_HOME', 'LEVEE_CHROMIUM', 'LEVEE_LIVEKIT', 'LEVEE_K6']

function toolsEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(TOOLS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

export interface Program {
  readonly pid: number
  /** Output of both streams so far, in order. */
  output(): string
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  kill(signal: NodeJS.Signals): void
}

export interface ProgramOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
}

export function startProgram(
  command: string,
  args: readonly string[],
  { cwd = home, env = {} }: ProgramOptions = {},
): Program {
  const child = spawn(command, args, {
    cwd,
    env: { ...plainEnv(), ...toolsEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      started.delete(child)
      resolve({ code, signal })
    })
  })
  return { pid: child.pid ?? -1, output: () => output, ended, kill: (signal) => void child.kill(signal) }
}

/** Runs it to its end. */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions = {}) {
  const program = startProgram(command, args, options)
  const { code } = await program.ended
  return { code, output: program.output() }
}
