// Finds processes that a test run left behind, by an environment variable that every descendant inherits.
import { randomUUID } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { LEFTOVER_PATIENCE_MS } from '../../setup/tuning.mjs'
import { RUN_MARK } from '../../stack/environment.ts'
import { until } from '../../stack/until.ts'

const WATCHDOG = '/stack/processes/watchdog.ts'

export interface Leftover {
  pid: number
  command: string
}

/** Marks all processes that are started from now on. The returned function gives those that still run. */
export function markRun(): (patienceMs?: number) => Promise<Leftover[]> {
  const mark = `${RUN_MARK}=${randomUUID()}`
  process.env[RUN_MARK] = mark.slice(RUN_MARK.length + 1)
  return async (patienceMs = LEFTOVER_PATIENCE_MS) => {
    const patience = { what: 'the end', timeoutMs: patienceMs, everyMs: 100 }
    await until(() => marked(mark).length === 0, patience).catch(() => {})
    // A watchdog ends by itself, after the processes of a test file that is killed.
    return marked(mark).filter(({ command }) => !command.endsWith(WATCHDOG))
  }
}

function marked(mark: string): Leftover[] {
  return process.platform === 'linux' ? markedInProc(mark) : markedInPs(mark)
}

function markedInProc(mark: string): Leftover[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    try {
      if (!readFileSync(`/proc/${entry}/environ`, 'latin1').includes(mark)) return []
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      return command ? [{ pid, command }] : []
    } catch {
      // A process of another user, or one that just ended.
      return []
    }
  })
}

function markedInPs(mark: string): Leftover[] {
  // `ps` inherits the mark and lists itself; it has ended by now.
  const output = spawnSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8' }).stdout ?? ''
  return output.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    const ours = command.includes(mark) && Number(pid) !== process.pid && !command.startsWith('ps -axEww')
    return ours ? [{ pid: Number(pid), command: command.split(mark)[0] ?? '' }] : []
  })
}
