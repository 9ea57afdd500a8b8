// A Redis Cluster on loopback: three primaries, each with a third of the slots, and a replica of the first.
import type { Nursery } from './children.ts'
import { type FreePorts, LOOPBACK } from './ports.ts'
import { type RedisProcess, askRedis, isInStep, isRedisUp, startRedisNode } from './redis.ts'
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

export interface ClusterNode extends RedisProcess {
  /** Where the nodes talk to each other. */
  busPort: number
}

const PRIMARIES = 3
const SLOTS = 16_384
const SETTINGS = {
  'repl-diskless-sync-delay': '0',
  'cluster-enabled': 'yes',
  'cluster-announce-ip': LOOPBACK,
  'cluster-node-timeout': '1000',
  // One dead primary takes its own slots away and no others.
  'cluster-require-full-coverage': 'no',
}

export async function startRedisCluster(
  nursery: Nursery,
  { binary, ports, dir }: RedisClusterOptions,
): Promise<RedisCluster> {
  let isFormed = false
  const nodes: ClusterNode[] = []
  for (let i = 0; i <= PRIMARIES; i++) {
    const [port, busPort] = [await ports.tcp(), await ports.tcp()]
    // Not port + 10000: that lies where systems take ports for outgoing connections.
    const settings = { ...SETTINGS, 'cluster-port': String(busPort) }
    const ready = () => (isFormed ? isClusterUp(port) : isRedisUp(port))
    const node = await startRedisNode(nursery, { binary, dir, port, settings, ready })
    nodes.push(Object.assign(node, { busPort }))
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
