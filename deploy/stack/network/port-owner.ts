// Which process listens on a port.
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** “node (pid 123)”; undefined when no process is found or the system hides it. */
export function portOwner(port: number): string | undefined {
  return process.platform === 'linux' ? ownerFromProc(port) : ownerFromLsof(port)
}

function ownerFromLsof(port: number): string | undefined {
  const output = spawnSync('lsof', ['-nP', '-i', `:${port}`, '-Fpc'], { encoding: 'utf8' }).stdout ?? ''
  const pid = /^p(\d+)/m.exec(output)?.[1]
  const name = /^c(.+)/m.exec(output)?.[1]
  return pid && `${name} (pid ${pid})`
}

function ownerFromProc(port: number): string | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set<string>()
  for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) {
    for (const line of readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
      const listening = table.startsWith('udp') || state === '0A'
      if (inode && listening && local?.endsWith(`:${hex}`)) inodes.add(`socket:[${inode}]`)
    }
  }
  if (inodes.size === 0) return undefined
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`)))
          return `${basename(readlinkSync(`/proc/${pid}/exe`))} (pid ${pid})`
      }
    } catch {
      // A process of another user, or one that just ended.
    }
  }
  return undefined
}
