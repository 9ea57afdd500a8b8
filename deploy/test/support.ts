// A copy of the tools of the house in a folder of its own, and programs run to their end.
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
  // What a failed test left; each of these takes its own children along.
  for (const child of started) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

export const tempDir = (): string => mkdtempSync(join(home, 'dir-'))

/** Path in the tree → content. */
export type Files = Readonly<Record<string, string>>

/** The rules and settings as they are, other parts of deploy by name, and nothing else but what is planted. */
export function plantTree(files: Files, parts: readonly string[] = []): string {
  const dir = tempDir()
  const settings = ['.oxlintrc.json', '.oxfmtrc.json', 'tsconfig.base.json']
  for (const own of ['deploy/lint', ...settings, ...parts])
    cpSync(join(repoDir, own), join(dir, own), { recursive: true })
  plant(dir, files)
  return dir
}

export function plant(dir: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
  }
}

/** The same tools as in the checkout, and the packages that deploy itself imports. */
export function linkTools(dir: string): void {
  for (const modules of ['node_modules', 'deploy/node_modules'])
    symlinkSync(join(repoDir, modules), join(dir, modules))
}

/** Where tools are kept or chosen: a program under test finds the same and builds nothing. */
const TOOLS = ['LEVEE_CACHE_DIR', 'XDG_CACHE_HOME', 'LEVEE_CHROMIUM', 'LEVEE_LIVEKIT', 'LEVEE_K6']

function toolsEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(TOOLS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

export interface Program {
  readonly pid: number
  /** Both streams so far, as they came. */
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
