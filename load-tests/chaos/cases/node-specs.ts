import type { NodeSpec } from '@levee/deploy/stack'

/** Reservations of earlier trials must not make a node refuse rooms. */
const UNLIMITED = { LEVEE_CAPACITY_TRACKS: '1000000', LEVEE_CAPACITY_CPU_CORES: '64' }

const SITES = ['hq', 'branch']

/** Each node is its own failure domain. */
export const nodeSpecs = (count: number, sites = 1): NodeSpec[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `n${i + 1}`,
    site: SITES[i % sites] ?? 'hq',
    agentEnv: UNLIMITED,
  }))
