// Ends the children when their parent is gone, even after kill -9. The parent holds the stdin of this process open and
// writes lines “+pid” and “-pid” into it. It runs in its own process group, so that Ctrl-C does not reach it.
import { createInterface } from 'node:readline'
import { ORPHAN_GRACE_MS } from '../../setup/tuning.mjs'

const pids = new Set<number>()

function signalAll(signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      // Each child leads a process group: its own children get the signal too.
      process.kill(-pid, signal)
    } catch {
      pids.delete(pid)
    }
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const pid = Number(line.slice(1))
    if (!Number.isInteger(pid) || pid <= 1) return
    if (line.startsWith('+')) pids.add(pid)
    else pids.delete(pid)
  })
  .on('close', () => {
    signalAll('SIGTERM')
    setTimeout(() => signalAll('SIGKILL'), ORPHAN_GRACE_MS)
  })

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
