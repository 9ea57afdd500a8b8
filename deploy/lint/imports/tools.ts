import { CONTRACT, PROTOCOL, type Row, STACK } from './row.ts'

/** A kind of load test and the other folders of load-tests that it uses. */
function loadTests(name: string, uses: readonly string[], because: string): Row {
  const inside = [name, ...uses].map((used) => `load-tests/${used}`)
  return { path: `load-tests/${name}`, may: [...inside, PROTOCOL, ...STACK], types: [CONTRACT], because }
}

export const LOAD_TESTS: readonly Row[] = [
  loadTests('lib', [], 'lib is used by every kind of load test and depends on none of them'),
  {
    path: 'load-tests/lib/k6',
    may: ['load-tests/lib/k6'],
    types: [CONTRACT],
    packages: ['k6'],
    because: 'k6 itself runs these files, so they import only k6 and each other',
  },
  {
    path: 'load-tests/scenarios',
    may: ['load-tests/scenarios', 'load-tests/lib/k6'],
    types: [CONTRACT],
    packages: ['k6'],
    because: 'k6 itself runs scenarios, also at customers: they use only lib/k6',
  },
  loadTests('scenarios/run.ts', ['lib'], 'npm run load uses lib and the stack'),
  {
    path: 'load-tests/simulator',
    may: [
      'load-tests/simulator',
      'load-tests/lib',
      PROTOCOL,
      ...['seeded-random', 'statistics', 'until'].map((module) => `@levee/deploy/${module}`),
    ],
    types: [CONTRACT],
    because: 'the simulator speaks to any control plane over HTTP; only its main file starts one',
  },
  loadTests('simulator/main.ts', ['simulator', 'lib'], 'the simulator uses no other kind of load test'),
  loadTests('attacks', ['lib'], 'attacks use lib and no other kind of load test'),
  loadTests('chaos', ['lib'], 'chaos uses lib and no other kind of load test'),
  loadTests('benchmarks', ['lib', 'simulator'], 'benchmarks use lib and the simulator'),
  {
    path: 'load-tests',
    may: ['load-tests', PROTOCOL, ...STACK],
    types: [CONTRACT],
    because: 'load tests use the stack, the protocol and the types of the contract',
  },
]

export const DEPLOY: readonly Row[] = [
  {
    path: 'deploy/setup',
    may: ['deploy/setup'],
    packages: ['node:'],
    because: 'setup runs on a bare Node, before any dependency is installed',
  },
  {
    path: 'deploy/stack',
    may: ['deploy/stack', 'deploy/setup'],
    because: 'the stack starts the other packages as processes and imports none of them',
  },
  {
    path: 'deploy/local',
    may: ['deploy/local', 'deploy/stack', 'deploy/setup'],
    because: 'npm start uses the stack',
  },
  { path: 'deploy/lint', may: ['deploy/lint'], because: 'the rules depend on no other part' },
  {
    path: 'deploy/checks',
    may: ['deploy/checks', 'deploy/lint', 'deploy/stack', 'deploy/setup'],
    because: 'the checks use the rules and the stack',
  },
  { path: 'deploy', may: ['deploy'], because: 'deploy starts the other packages as processes' },
]
