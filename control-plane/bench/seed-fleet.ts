// Writes a fleet into the Redis of a running appliance: REDIS_URL, MASTER_KEY and NODES from the environment. Sends "ready"
// to its parent, reports for all nodes whenever the parent sends "report", and ends with the parent.
import { pino } from 'pino'
import { createFlatStore } from '../test/support/flat-store.ts'
import { openRedis } from '../src/redis/connection/client.ts'
import { createKeyring } from '../src/secrets/keyring.ts'
import { enrolFleet, untilConnected } from './fleet.ts'

const { REDIS_URL = '', MASTER_KEY = '', NODES = '100' } = process.env
const redis = openRedis(REDIS_URL, pino({ level: 'silent' }))
const store = createFlatStore(redis, { spillTo: () => [] })
const keyring = createKeyring(MASTER_KEY)
await untilConnected(redis)
const { report } = await enrolFleet(store, Number(NODES), {
  capacityTracks: 1e12,
  seal: (node) => keyring.seal(node, 's'.repeat(43)),
})
process.on('message', () => void report().then(() => process.send?.('reported')))
process.on('disconnect', () => process.exit())
process.send?.('ready')
