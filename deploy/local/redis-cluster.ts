// A Redis Cluster on loopback: three primaries, each with a third of the slots, and a replica of the first.
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Child, Nursery } from './children.ts'
import { type FreePorts, LOOPBACK } from './ports.ts'
import { until } from './until.ts'

export interface RedisClusterOptions {
  binary: string
  ports: Pick<FreePorts, 'tcp'>
  /** Each node has a folder and a log in it. */
  dir: string
}

export interface RedisCluster {
  /** redis-cluster://…, naming all primaries. */
  url: string
  /** By the slots they hold, in order. Restarted, one is ready when the cluster takes it back: after 2 s or more. */
  primaries: ClusterNode[]
  /** Takes the place of the first when that is gone. */
  replica: ClusterNode
}

export interface ClusterNode extends Child {
  port: number
  /** Where the nodes talk to each other. */
  busPort: number
}

const PRIMARIES = 3
const SLOTS = 16_384

export async function startRedisCluster(
  nursery: Nursery,
  options: RedisClusterOptions,
): Promise<RedisCluster> {
  let isFormed = false
  const nodes: ClusterNode[] = []
  for (let i = 0; i <= PRIMARIES; i++) {
    const [port, busPort] = [await options.ports.tcp(), await options.ports.tcp()]
    const isReady = () => (isFormed ? isClusterUp(port) : isRedisUp(port))
    nodes.push(await startNode(nursery, { ...options, port, busPort, isReady }))
  }
  const primaries = nodes.slice(0, PRIMARIES)
  const [first, replica] = [nodes[0], nodes[PRIMARIES]]
  if (!first || !replica) throw new Error('a cluster has nodes')
  for (const [i, node] of nodes.entries()) {
    await order(node, `CLUSTER SET-CONFIG-EPOCH ${i + 1}`)
    if (node !== first) await order(node, `CLUSTER MEET ${LOOPBACK} ${first.port} ${first.busPort}`)
    if (node !== replica) await order(node, `CLUSTER ADDSLOTSRANGE ${startOf(i)} ${startOf(i + 1) - 1}`)
  }
  for (const { port } of nodes)
    await until(async () => (await isClusterUp(port)) && (await knowsAll(port)), {
      what: `the cluster at port ${port}`,
    })
  const [, firstId = ''] = (await askRedis(first.port, 'CLUSTER MYID')).split('\r\n')
  await order(replica, `CLUSTER REPLICATE ${firstId}`)
  await until(() => isInStep(replica.port), { what: 'the replica in step with its primary' })
  isFormed = true
  const url = `redis-cluster://${primaries.map(({ port }) => `${LOOPBACK}:${port}`).join(',')}`
  return { url, primaries, replica }
}

const startOf = (primary: number): number => Math.floor((primary * SLOTS) / PRIMARIES)

interface NodeOptions extends Omit<RedisClusterOptions, 'ports'> {
  port: number
  busPort: number
  isReady: () => Promise<boolean>
}

async function startNode(
  nursery: Nursery,
  { binary, dir, port, busPort, isReady }: NodeOptions,
): Promise<ClusterNode> {
  const home = join(dir, String(port))
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const settings = {
    port: String(port),
    bind: LOOPBACK,
    dir: home,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'repl-diskless-sync-delay': '0',
    'cluster-enabled': 'yes',
    // Not port + 10000: that lies where systems take ports for outgoing connections.
    'cluster-port': String(busPort),
    'cluster-announce-ip': LOOPBACK,
    'cluster-node-timeout': '1000',
    // One dead primary takes its own slots away and no others.
    'cluster-require-full-coverage': 'no',
  }
  const child = await nursery.start({
    name: `redis-${port}`,
    command: binary,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    cwd: home,
    logFile: join(dir, `redis-${port}.log`),
    ready: isReady,
    stopRank: 2,
  })
  // Not a spread: that would read its running state once and for all.
  return Object.assign(child, { port, busPort })
}

async function isClusterUp(port: number): Promise<boolean> {
  return (await askRedis(port, 'CLUSTER INFO')).includes('cluster_state:ok')
}

async function knowsAll(port: number): Promise<boolean> {
  const info = await askRedis(port, 'CLUSTER INFO')
  return (
    info.includes(`cluster_known_nodes:${PRIMARIES + 1}`) && info.includes(`cluster_slots_assigned:${SLOTS}`)
  )
}

async function order({ port }: ClusterNode, command: string): Promise<void> {
  const answer = await askRedis(port, command)
  if (!answer.startsWith('+OK')) throw new Error(`redis at port ${port} answers ${command} with ${answer}`)
}

/** True for a replica that has all that its primary has. */
export async function isInStep(port: number): Promise<boolean> {
  return (await askRedis(port, 'INFO replication')).includes('master_link_status:up')
}

/** True when Redis answers PONG: an open port alone may still be loading its file. */
export async function isRedisUp(port: number): Promise<boolean> {
  return (await askRedis(port, 'PING')).startsWith('+PONG')
}

/** One command without blanks in its arguments; gives the answer as it is on the wire, if it comes in one piece. */
export function askRedis(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, LOOPBACK, () => socket.write(`${command}\r\n`))
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
    socket.once('data', (data) => {
      resolve(data.toString())
      socket.destroy()
    })
    socket.once('error', reject)
    // A Redis that changes places ends its connections without a word.
    socket.once('close', () => reject(new Error('no answer')))
  })
}
