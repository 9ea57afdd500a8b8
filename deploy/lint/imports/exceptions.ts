// Files that may load or hand on modules in a way that the import tables cannot follow, each with its reason.

export type Way = 'computed-import' | 'node:module' | 'own-path' | 're-export'

/** By way: file → reason. An entry that is no longer needed is reported. */
export const EXCEPTIONS: Readonly<Record<Way, Readonly<Record<string, string>>>> = {
  'computed-import': {
    'deploy/checks/tests/groups.ts':
      'the runner loads the shared stack that the test files themselves import',
    'web/test/i18n/catalogs.test.ts': 'loads every messages.ts that a search finds',
  },
  'node:module': {
    'deploy/lint/import-graph.ts': 'resolves the packages of this workspace, and loads nothing',
    'load-tests/chaos/people/native/quiet-library.ts': 'loads a package that is CommonJS and has no types',
    'web/e2e/support/accessibility.ts': 'finds a script of axe-core and reads it as text',
    'web/font-subset.ts': 'finds a font file in a package',
  },
  'own-path': {
    'deploy/checks/tests/hang-guard.ts': 'its settings are in the query of its own URL',
    'deploy/lint/layout.ts': 'checks whether it is the program that runs',
    'deploy/lint/repo.ts': 'finds the repository, also in a copy of the tree',
    'load-tests/benchmarks/placement/peers/build.ts': 'builds the Go program of its folder',
    'web/e2e/support/accessibility.ts': 'finds a script of axe-core and reads it as text',
    'web/font-subset.ts': 'finds a font file in a package',
  },
  're-export': {
    'control-plane/src/contract/problems.ts': 'the contract publishes the problem codes of the protocol',
    'control-plane/src/use-cases/nodes/view-nodes.ts': 'the type is the answer of this use case',
    'web/src/ops/tuning.ts': 'the pages poll as often as nodes report',
  },
}
