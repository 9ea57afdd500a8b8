import { readFile } from 'node:fs/promises'
import { pino } from 'pino'
import { readConfig } from './config.ts'
import { EXIT_CONFIGURATION } from './tuning/process.ts'
import { startAgent } from './wiring.ts'

const read = readConfig(process.env)
if ('faults' in read) {
  for (const fault of read.faults) console.error(fault)
  process.exit(EXIT_CONFIGURATION)
}
const { config } = read
const log = pino({
  level: config.logLevel,
  base: { service: 'edge-agent', node: config.node, site: config.site },
  redact: ['*.apiSecret', '*.nodeSecret', '*.enrolmentKey', 'req.headers.authorization'],
})
/** Undefined until there is a node to drain, and once its drain has begun. */
let drain: (() => Promise<void>) | undefined
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void stop(name))

try {
  const agent = await startAgent(config, await packageVersion(), log)
  if (config.drainDeadlineSec > 0) drain = agent.drain
  await agent.run()
} catch (error) {
  log.fatal(error instanceof Error ? error.message : 'the agent cannot start')
  process.exit(EXIT_CONFIGURATION)
}

/**
 * SIGTERM drains the node first. SIGINT, or a second signal, ends the agent at once: the control plane notices the missing
 * reports, and LiveKit keeps running.
 */
async function stop(signal: 'SIGTERM' | 'SIGINT'): Promise<never> {
  const begin = signal === 'SIGTERM' ? drain : undefined
  drain = undefined
  await begin?.().catch((error: unknown) => log.error(error, 'the drain failed'))
  log.info({ signal }, 'edge agent stops')
  process.exit(0)
}

async function packageVersion(): Promise<string> {
  const content: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  const known = typeof content === 'object' && content !== null && 'version' in content
  return known && typeof content.version === 'string' ? content.version : 'unknown'
}
