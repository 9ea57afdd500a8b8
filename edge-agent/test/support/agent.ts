/** The agent as a child process. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Child } from '../../../deploy/stack/processes/child-spec.ts'
import { plainEnv } from '../../../deploy/stack/environment.ts'
import { API_KEY, API_SECRET, ENROLMENT_KEY, freePort, testDir, processes, uniqueName } from './workplace.ts'

export type Agent = Pick<Child, 'kill' | 'stop'> & {
  /** Everything written to stdout and stderr so far. */
  output(): string
  /** Address of the agent's own /metrics and /livez. */
  url: string
  /** Exit code; null when a signal ended it. */
  exited: Promise<number | null>
}

export async function runAgent(env: Record<string, string>): Promise<Agent> {
  const logFile = join(testDir, `${uniqueName('agent')}.log`)
  const child = await processes.start({
    name: 'agent',
    command: process.execPath,
    args: [fileURLToPath(new URL('../../src/main.ts', import.meta.url))],
    env: { ...plainEnv(), ...env },
    logFile,
    // Each test waits for what it needs.
    ready: () => Promise.resolve(true),
    // SIGTERM would drain the node first.
    stopSignals: ['SIGINT'],
    stopRank: 0,
  })
  return {
    output: () => readFileSync(logFile, 'utf8'),
    url: `http://127.0.0.1:${env['LEVEE_AGENT_PORT'] ?? ''}`,
    exited: child.exited.then(({ code }) => code),
    kill: (signal) => child.kill(signal),
    stop: () => child.stop(),
  }
}

/** The whole environment of a node; `extra` overrides. */
export async function agentEnv(
  parts: { controlPlaneUrl: string; livekitUrl: string; metricsUrl: string; stateDir: string },
  extra: Record<string, string> = {},
): Promise<Record<string, string>> {
  return {
    LEVEE_CONTROL_PLANE_URL: parts.controlPlaneUrl,
    LEVEE_ENROLMENT_KEY: ENROLMENT_KEY,
    LEVEE_NODE_ID: 'edge-1',
    LEVEE_SITE: 'head-office',
    LEVEE_NODE_URL: 'wss://edge-1.example.org',
    LEVEE_LIVEKIT_URL: parts.livekitUrl,
    LEVEE_LIVEKIT_METRICS_URL: parts.metricsUrl,
    LEVEE_LIVEKIT_API_KEY: API_KEY,
    LEVEE_LIVEKIT_API_SECRET: API_SECRET,
    LEVEE_STATE_DIR: parts.stateDir,
    LEVEE_AGENT_PORT: String(await freePort()),
    LEVEE_LOG_LEVEL: 'debug',
    ...extra,
  }
}
