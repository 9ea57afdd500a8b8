import { readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * LiveKit's process as the system shows it: on Linux, on this machine, in a PID namespace that is ours too, and of our
 * user (or we are root). Where it cannot be seen, all here is undefined, and a hang shows in unanswered questions alone.
 */

/** One look. `stopped`: by a signal or debugger. `wants`: a thread runs, waits for a CPU, or for a disk. */
type Pulse = { stopped: boolean; wants: boolean; ranNs: number }

/** State letter of a line of /proc/<pid>/stat: it follows the name, which is in brackets and may hold some itself. */
const stateOf = (stat: string): string => stat.charAt(stat.lastIndexOf(')') + 2)

/** T: stopped by a signal, t: by a debugger. */
const isStop = (state: string) => state === 'T' || state === 't'

/** A process in /proc, or undefined when it is gone or hidden. */
function stateNow(pid: number, proc: string): string | undefined {
  try {
    return stateOf(readFileSync(join(proc, String(pid), 'stat'), 'utf8'))
  } catch {
    return undefined
  }
}

/** CPU time and states of all threads. Threads come and go: what vanishes while it is read does not count. */
function pulseOf(pid: number, proc: string): Pulse | undefined {
  const state = stateNow(pid, proc)
  if (state === undefined) return undefined
  const pulse: Pulse = { stopped: isStop(state), wants: false, ranNs: 0 }
  const threads = join(proc, String(pid), 'task')
  try {
    for (const thread of readdirSync(threads)) {
      // "<ns on a CPU> <ns waiting for one> <time slices>"
      pulse.ranNs += Number(readFileSync(join(threads, thread, 'schedstat'), 'utf8').split(' ')[0])
      const one = stateOf(readFileSync(join(threads, thread, 'stat'), 'utf8'))
      pulse.wants ||= one === 'R' || one === 'D'
    }
  } catch {
    // A change is a sign of life, and no more than that is asked of what is not known.
    pulse.wants = true
  }
  return Number.isFinite(pulse.ranNs) ? pulse : undefined
}

/**
 * The process that listens on all these TCP ports; undefined: none is seen. All, because a proxy or a tunnel in front of
 * LiveKit listens on one of them: it would be idle while LiveKit is not.
 */
export async function listenerOn(ports: readonly number[], proc = '/proc'): Promise<number | undefined> {
  const text = async (path: string) => readFile(join(proc, path), 'utf8').catch(() => '')
  const sockets = `${await text('net/tcp')}\n${await text('net/tcp6')}`
  const wanted = ports.map((port) => listeningInodes(sockets, port))
  if (wanted.length === 0 || wanted.some((inodes) => inodes.size === 0)) return undefined
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name))
  // Processes that are called so come first: a busy machine holds ten thousands of handles to look through.
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

/** Lines of /proc/net/tcp: "sl local:port remote:port state … inode"; state 0A listens. */
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
  /** Its number, looked for anew; undefined: it is not seen. */
  locate(): Promise<number | undefined>
  /** It was told to stop and has not been woken. One small read. */
  isStopped(): boolean
  /** Begins to watch whether it keeps still. */
  attend(): void
  /** For how many ms it has neither run nor wanted to since `attend`; 0 when it lives or cannot be seen. */
  stillMs(): number
  /** At the last look since `attend` it ran or wanted to. */
  isAlive(): boolean
}

/** `onLook`: called after each search with what was found. */
export function livekitProcess(
  ports: readonly number[],
  onLook: (pid: number | undefined) => void = () => {},
  proc = '/proc',
): LivekitProcess {
  let pid: number | undefined
  let last: Pulse | undefined
  let stillSinceMs = Infinity
  let alive = false
  const locate = async () => (process.platform === 'linux' ? listenerOn(ports, proc) : undefined)

  return {
    locate,
    async find() {
      if (pid !== undefined && ![undefined, 'Z'].includes(stateNow(pid, proc))) return
      pid = await locate()
      last = undefined
      onLook(pid)
    },
    isStopped() {
      const state = pid === undefined ? undefined : stateNow(pid, proc)
      return state !== undefined && isStop(state)
    },
    attend() {
      last = undefined
      alive = false
    },
    stillMs() {
      const nowMs = performance.now()
      const now = pid === undefined ? undefined : pulseOf(pid, proc)
      const before = last
      last = now
      const still = now && (now.stopped || (!now.wants && now.ranNs === before?.ranNs))
      alive = before !== undefined && still === false
      if (!before || !still) stillSinceMs = nowMs
      return nowMs - stillSinceMs
    },
    isAlive: () => alive,
  }
}
