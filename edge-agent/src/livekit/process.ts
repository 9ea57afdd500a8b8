import { readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * LiveKit's process as /proc shows it. Visible only on Linux, on the same machine, in the same PID namespace, and when
 * it runs as the agent's user (or the agent is root). Otherwise everything here is undefined, and only unanswered HTTP
 * probes show a hang.
 */

/** `stopped`: by a signal or debugger. `wantsCpu`: a thread runs, waits for a CPU, or waits for a disk. */
type ProcessSample = { stopped: boolean; wantsCpu: boolean; cpuNs: number }

/** State letter of /proc/<pid>/stat: it follows the name, which is in brackets and may itself contain brackets. */
const stateIn = (stat: string): string => stat.charAt(stat.lastIndexOf(')') + 2)

/** T: stopped by a signal, t: by a debugger. */
const isStopState = (state: string) => state === 'T' || state === 't'

/** State letter of a process; undefined when it is gone or hidden. */
function stateOf(pid: number, proc: string): string | undefined {
  try {
    return stateIn(readFileSync(join(proc, String(pid), 'stat'), 'utf8'))
  } catch {
    return undefined
  }
}

/** CPU time and states of all threads. A thread that ends while it is being read is skipped. */
function sampleOf(pid: number, proc: string): ProcessSample | undefined {
  const state = stateOf(pid, proc)
  if (state === undefined) return undefined
  const sample: ProcessSample = { stopped: isStopState(state), wantsCpu: false, cpuNs: 0 }
  const threads = join(proc, String(pid), 'task')
  try {
    for (const thread of readdirSync(threads)) {
      // "<ns on a CPU> <ns waiting for one> <time slices>"
      sample.cpuNs += Number(readFileSync(join(threads, thread, 'schedstat'), 'utf8').split(' ')[0])
      const one = stateIn(readFileSync(join(threads, thread, 'stat'), 'utf8'))
      sample.wantsCpu ||= one === 'R' || one === 'D'
    }
  } catch {
    // A thread that has just ended is a sign of life too.
    sample.wantsCpu = true
  }
  return Number.isFinite(sample.cpuNs) ? sample : undefined
}

/** LiveKit's ports if its process may be on this machine; empty if an address is not local. */
export function localPorts(...urls: URL[]): number[] {
  const local = urls.every(({ hostname }) => /^(localhost|127\..+|\[::1\])$/.test(hostname))
  return local ? urls.map(({ port, protocol }) => Number(port || (protocol === 'https:' ? 443 : 80))) : []
}

/**
 * Id of the process that listens on all these TCP ports; undefined when none is visible. All of them, because a proxy or
 * tunnel in front of LiveKit listens on only one, and would be idle while LiveKit is not.
 */
export async function listenerOn(ports: readonly number[], proc = '/proc'): Promise<number | undefined> {
  const text = async (path: string) => readFile(join(proc, path), 'utf8').catch(() => '')
  const sockets = `${await text('net/tcp')}\n${await text('net/tcp6')}`
  const wanted = ports.map((port) => listeningInodes(sockets, port))
  if (wanted.length === 0 || wanted.some((inodes) => inodes.size === 0)) return undefined
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name))
  // Processes with this name come first: a busy machine has tens of thousands of handles to search.
  const likely = new Set<string>()
  for (const pid of pids) if ((await text(join(pid, 'comm'))).includes('livekit')) likely.add(pid)
  for (const pid of [...likely, ...pids.filter((one) => !likely.has(one))]) {
    const handles = join(proc, pid, 'fd')
    const names = await readdir(handles).catch(() => [])
    const links = await Promise.all(names.map((name) => readlink(join(handles, name)).catch(() => '')))
    const held = new Set(links)
    if (wanted.every((inodes) => [...inodes].some((inode) => held.has(`socket:[${inode}]`))))
      return Number(pid)
  }
  return undefined
}

/** Lines of /proc/net/tcp: "sl local:port remote:port state … inode"; state 0A is LISTEN. */
function listeningInodes(sockets: string, port: number): Set<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = sockets.split('\n').map((line) => line.trim().split(/\s+/))
  return new Set(
    rows.flatMap((row) => (row[3] === '0A' && row[1]?.endsWith(`:${hex}`) ? [row[9] ?? ''] : [])),
  )
}

export type LivekitProcess = {
  /** Looks for the process, unless the one that was found is still there. */
  find(): Promise<void>
  /** Its process id, always searched for; undefined when it is not visible. */
  locate(): Promise<number | undefined>
  /** Whether it is stopped by a signal or debugger. One small read. */
  isStopped(): boolean
  /** Starts to measure how long the process is idle. */
  startWatch(): void
  /**
   * Milliseconds since `startWatch` in which it neither ran nor waited for a CPU; 0 when it was active or is not
   * visible.
   */
  idleMs(): number
  /** Whether it was active in the last sample since `startWatch`. */
  wasActive(): boolean
}

/** `onSearched`: called after each search with the process id that was found. */
export function livekitProcess(
  ports: readonly number[],
  onSearched: (pid: number | undefined) => void = () => {},
  proc = '/proc',
): LivekitProcess {
  let pid: number | undefined
  let last: ProcessSample | undefined
  let idleSinceMs = Infinity
  let active = false
  const locate = async () => (process.platform === 'linux' ? listenerOn(ports, proc) : undefined)

  return {
    locate,
    async find() {
      if (pid !== undefined && ![undefined, 'Z'].includes(stateOf(pid, proc))) return
      pid = await locate()
      last = undefined
      onSearched(pid)
    },
    isStopped() {
      const state = pid === undefined ? undefined : stateOf(pid, proc)
      return state !== undefined && isStopState(state)
    },
    startWatch() {
      last = undefined
      active = false
    },
    idleMs() {
      const nowMs = performance.now()
      const sample = pid === undefined ? undefined : sampleOf(pid, proc)
      const before = last
      last = sample
      const idle = sample && (sample.stopped || (!sample.wantsCpu && sample.cpuNs === before?.cpuNs))
      active = before !== undefined && idle === false
      if (!before || !idle) idleSinceMs = nowMs
      return nowMs - idleSinceMs
    },
    wasActive: () => active,
  }
}
