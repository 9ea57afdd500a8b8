// A separate network for a node: a namespace behind a pair of virtual interfaces. When it is cut off, its packets are
// dropped silently, like those of a machine without power.
import { execFileSync } from 'node:child_process'
import { isAlive } from '@levee/deploy/until'

export interface Network {
  /** Address of the node as seen from this machine, and of this machine as seen from the node. */
  nodeIp: string
  hostIp: string
  /** Returns a command that runs another one in the namespace. Its process is the program itself, not a wrapper. */
  inside: (command: string, args: readonly string[]) => { command: string; args: string[] }
  cut: () => void
  heal: () => void
  remove: () => void
}

const ip = (...args: string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** True for root and for users who may administer networks. */
export function canCreateNetworks(): boolean {
  const name = `levee${process.pid}x`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return true
  } catch {
    return false
  }
}

const NAME = /^levee(\d+)n\d+/

/** Removes the networks of runs that were killed. */
export function removeStaleNetworks(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const pid = NAME.exec(line)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) ip('netns', 'del', line.split(' ')[0] ?? '')
  }
}

/** A free subnet of a private range that container networks do not use. Other runs may use part of it. */
function freeSubnet(): string {
  const taken = ip('-4', 'address')
  const third = Array.from({ length: 250 }, (_, i) => i + 1).find((i) => !taken.includes(` 10.213.${i}.`))
  if (third === undefined) throw new Error('no free subnet in 10.213.0.0/16')
  return `10.213.${third}`
}

/** `index`: index of the node in this run. */
export function createNetwork(index: number): Network {
  const space = `levee${process.pid}n${index}`
  const outer = `lv${process.pid}o${index}`
  const inner = `lv${process.pid}i${index}`
  const subnet = freeSubnet()
  const [hostIp, nodeIp] = [`${subnet}.1`, `${subnet}.2`]
  ip('netns', 'add', space)
  try {
    ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', space)
    ip('address', 'add', `${hostIp}/24`, 'dev', outer)
    ip('link', 'set', outer, 'up')
    ip('-n', space, 'address', 'add', `${nodeIp}/24`, 'dev', inner)
    ip('-n', space, 'link', 'set', inner, 'up')
    ip('-n', space, 'link', 'set', 'lo', 'up')
  } catch (error) {
    ip('netns', 'del', space)
    throw error
  }
  return {
    nodeIp,
    hostIp,
    inside: (command, args) => ({ command: 'ip', args: ['netns', 'exec', space, command, ...args] }),
    // Nothing leaves the namespace any more, not even a reset. Packets still arrive but get no answer.
    cut: () => void ip('-n', space, 'route', 'replace', 'blackhole', `${subnet}.0/24`),
    heal: () => void ip('-n', space, 'route', 'replace', `${subnet}.0/24`, 'dev', inner, 'src', nodeIp),
    remove: () => void ip('netns', 'del', space),
  }
}
