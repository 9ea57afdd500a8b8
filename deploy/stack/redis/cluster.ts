// A Redis Cluster on loopback: three primaries, each with a third of the slots, and a replica of the first.
import { type FreePorts, LOOPBACK } from '../network/free-ports.ts'
import type { ProcessGroup } from '../processes/process-group.ts'
import { type RedisProcess, sendRedisCommand, isReplicaInSync, isRedisUp, startRedisNode } from './redis.ts'
import { until } from '../until.ts'
import { CLUSTER_PRIMARIES } from '../../setup/tuning.mjs'

export interface RedisClusterOptions {
  binary: string
  ports: Pick<FreePorts, 'tcp'>
  /** Contains a folder and a log for each node. */
  dir: string
}

export interface RedisCluster {
  /** redis-cluster://…, naming all primaries. */
  url: string
  /** In the order of their slots. A restarted primary is ready when the cluster accepts it, after 2 s or more. */
  primaries: ClusterNode[]
  /** Replica of the first primary. */
  replica: ClusterNode
}

export interface ClusterNode extends RedisProcess {
  /** Port of the cluster bus between the nodes. */
  busPort: number
}

const SLOTS = 16_384
const SETTINGS = {
  'repl-diskless-sync-delay': '0',
  'cluster-enabled': 'yes',
  'cluster-announce-ip': LOOPBACK,
  'cluster-node-timeout': '1000',
  // When a primary is down, only its own slots are unavailable.
  'cluster-require-full-coverage': 'no',
}

export async function startRedisCluster(
  processes: ProcessGroup,
  { binary, ports, dir }: RedisClusterOptions,
): Promise<RedisCluster> {
  let isFormed = false
  const nodes: ClusterNode[] = []
  for (let i = 0; i <= CLUSTER_PRIMARIES; i++) {
    const [port, busPort] = [await ports.tcp(), await ports.tcp()]
    // The default, port + 10000, is in the range that the system uses for outgoing connections.
    const settings = { ...SETTINGS, 'cluster-port': String(busPort) }
    const ready = () => (isFormed ? isClusterUp(port) : isRedisUp(port))
    const node = await startRedisNode(processes, { binary, dir, port, settings, ready })
    nodes.push(Object.assign(node, { busPort }))
  }
  const primaries = nodes.slice(0, CLUSTER_PRIMARIES)
  const [first, replica] = [nodes[0], nodes[CLUSTER_PRIMARIES]]
  if (!first || !replica) throw new Error('a cluster needs nodes')
  for (const [i, node] of nodes.entries()) {
    await runCommand(node, `CLUSTER SET-CONFIG-EPOCH ${i + 1}`)
    if (node !== first) await runCommand(node, `CLUSTER MEET ${LOOPBACK} ${first.port} ${first.busPort}`)
    if (node !== replica) await runCommand(node, `CLUSTER ADDSLOTSRANGE ${startOf(i)} ${startOf(i + 1) - 1}`)
  }
  for (const { port } of nodes)
    await until(async () => (await isClusterUp(port)) && (await knowsAll(port)), {
      what: `the cluster at port ${port}`,
    })
  const [, firstId = ''] = (await sendRedisCommand(first.port, 'CLUSTER MYID')).split('\r\n')
  await runCommand(replica, `CLUSTER REPLICATE ${firstId}`)
  await until(() => isReplicaInSync(replica.port), { what: 'the replica in sync with its primary' })
  isFormed = true
  const url = `redis-cluster://${primaries.map(({ port }) => `${LOOPBACK}:${port}`).join(',')}`
  return { url, primaries, replica }
}

const startOf = (primary: number): number => Math.floor((primary * SLOTS) / CLUSTER_PRIMARIES)

async function isClusterUp(port: number): Promise<boolean> {
  return (await sendRedisCommand(port, 'CLUSTER INFO')).includes('cluster_state:ok')
}

async function knowsAll(port: number): Promise<boolean> {
  const info = await sendRedisCommand(port, 'CLUSTER INFO')
  return (
    info.includes(`cluster_known_nodes:${CLUSTER_PRIMARIES + 1}`) &&
    info.includes(`cluster_slots_assigned:${SLOTS}`)
  )
}

async function runCommand({ port }: ClusterNode, command: string): Promise<void> {
  const answer = await sendRedisCommand(port, command)
  if (!answer.startsWith('+OK')) throw new Error(`redis at port ${port} answers ${command} with ${answer}`)
}
