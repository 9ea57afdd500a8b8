// The import tables: for each row one import that is allowed and one that is not.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { ENTRY_POINTS, ROWS } from '../../lint/imports/may-import.ts'
import type { Files } from '../support.ts'
import { type Report, lint, types, value } from './lint-tree.ts'

interface Example {
  may: string
  mayNot: string
  /** Default: planted.ts in the folder. */
  file?: string
}

const CP = '@levee/control-plane'

const EXAMPLES: Readonly<Record<string, Example>> = {
  'control-plane/src/protocol': {
    may: `import { createHmac } from 'node:crypto'\nexport const ours = createHmac\n`,
    mayNot: value('../domain/rooms.ts'),
  },
  'control-plane/src/contract': { may: value('../protocol/tickets.ts'), mayNot: value('../domain/rooms.ts') },
  'control-plane/src/domain': {
    may: `import { hash } from 'node:crypto'\nexport const ours = hash\n`,
    mayNot: `import { randomBytes } from 'node:crypto'\nexport const ours = randomBytes\n`,
  },
  'control-plane/src/use-cases/rooms': {
    may: value('../../domain/rooms.ts'),
    mayNot: value('../nodes/report-node.ts'),
  },
  'control-plane/src/use-cases/nodes': {
    may: value('../../tuning/placement.ts'),
    mayNot: types('../../contract/nodes.ts'),
  },
  'control-plane/src/use-cases/operators': {
    may: value('../../domain/operators.ts'),
    mayNot: value('../rooms/join-room.ts'),
  },
  'control-plane/src/use-cases/tenants': {
    may: value('../../domain/tenants.ts'),
    mayNot: value('../rooms/join-room.ts'),
  },
  'control-plane/src/use-cases/sites': { may: value('../../protocol/tickets.ts'), mayNot: value('redis') },
  'control-plane/src/redis': { may: value('redis'), mayNot: types('../use-cases/rooms/join-room.ts') },
  'control-plane/src/livekit': {
    may: value('livekit-server-sdk'),
    mayNot: value('../redis/connection/client.ts'),
  },
  'control-plane/src/secrets': { may: value('../protocol/tickets.ts'), mayNot: value('../livekit/token.ts') },
  'control-plane/src/metrics': { may: value('prom-client'), mayNot: types('../contract/index.ts') },
  'control-plane/src/http': {
    may: value('../use-cases/rooms/join-room.ts'),
    mayNot: value('../redis/connection/client.ts'),
  },
  'control-plane/src/tuning': { may: value('../protocol/limits.ts'), mayNot: value('node:os') },
  'control-plane/src/main.ts': {
    file: 'control-plane/src/main.ts',
    may: value('./wiring.ts'),
    mayNot: value('../../edge-agent/src/config.ts'),
  },
  'control-plane/src/wiring.ts': {
    file: 'control-plane/src/wiring.ts',
    may: value('./redis/connection/client.ts'),
    mayNot: value('../../edge-agent/src/config.ts'),
  },
  'control-plane/src': { may: value('./tuning/placement.ts'), mayNot: value('./redis/connection/client.ts') },
  'control-plane': { may: value('../deploy/stack/stack.ts'), mayNot: value('../web/src/routes.ts') },

  'edge-agent/src/tuning': { may: value(`${CP}/protocol/limits`), mayNot: value('../config.ts') },
  'edge-agent/src/capacity': {
    may: value('../tuning/capacity.ts'),
    mayNot: types('../readings/readings.ts'),
  },
  'edge-agent/src/livekit': { may: value('livekit-server-sdk'), mayNot: value('../orders/room-orders.ts') },
  'edge-agent/src/orders': { may: value('../livekit/livekit-rooms.ts'), mayNot: value('../drain/drain.ts') },
  'edge-agent/src/moderation': {
    may: value('../livekit/livekit-rooms.ts'),
    mayNot: value('../drain/drain.ts'),
  },
  'edge-agent/src/readings': {
    may: value('../capacity/capacity.ts'),
    mayNot: value('../reporting/report-loop.ts'),
  },
  'edge-agent/src/reporting': {
    may: value('../readings/readings.ts'),
    mayNot: value('../offline/offline-mode.ts'),
  },
  'edge-agent/src/drain': {
    may: value('../livekit/occupancy.ts'),
    mayNot: types('../reporting/report-loop.ts'),
  },
  'edge-agent/src/offline': { may: value(`${CP}/contract`), mayNot: value('../drain/drain.ts') },
  'edge-agent/src': {
    may: value(`${CP}/contract`),
    mayNot: value('../../control-plane/src/tuning/placement.ts'),
  },
  'edge-agent': { may: value('../deploy/stack/stack.ts'), mayNot: value('../load-tests/scenarios/run.ts') },

  'web/src/i18n': { may: value('@lingui/core'), mayNot: value('../api/client.ts') },
  'web/src/api': { may: types(`${CP}/contract`), mayNot: value('../ui/Page.tsx') },
  'web/src/ui': { may: value('../api/client.ts'), mayNot: value('../devices/capture.ts') },
  'web/src/devices': { may: value('../ui/Page.tsx'), mayNot: types('../meeting/meeting.ts') },
  'web/src/sites': { may: value('../api/client.ts'), mayNot: value('../join/JoinPage.tsx') },
  'web/src/meeting': { may: value('livekit-client'), mayNot: value('react') },
  'web/src/stage': { may: value('../meeting/meeting.ts'), mayNot: value('../chat/ChatPanel.tsx') },
  'web/src/chat': { may: value('../ui/Page.tsx'), mayNot: value('../people/PeoplePanel.tsx') },
  'web/src/people': { may: value('react'), mayNot: types('../controls/ControlBar.tsx') },
  'web/src/controls': { may: value('../devices/capture.ts'), mayNot: value('../stage/Stage.tsx') },
  'web/src/meeting-page': { may: value('../stage/Stage.tsx'), mayNot: value('../ops/OpsPage.tsx') },
  'web/src/join': { may: value('../devices/capture.ts'), mayNot: value('../start/StartPage.tsx') },
  'web/src/start': { may: value('../ui/Page.tsx'), mayNot: value('../meeting/meeting.ts') },
  'web/src/ops': { may: value('./nodes/NodeList.tsx'), mayNot: types('../meeting/meeting.ts') },
  'web/src/ops/ui': { may: value('../tuning.ts'), mayNot: types('../fleet/fleet-state.ts') },
  'web/src/ops/fleet': { may: value('../ui/Status.tsx'), mayNot: value('../nodes/NodeList.tsx') },
  'web/src/ops/nodes': { may: value('../fleet/fleet-store.ts'), mayNot: types('../sites/SiteList.tsx') },
  'web/src/ops/sites': { may: value('../fleet/fleet-store.ts'), mayNot: types('../nodes/NodeList.tsx') },
  'web/src': { may: value(`${CP}/protocol/epochs`), mayNot: value(`${CP}/contract`) },
  web: { may: value('../deploy/stack/stack.ts'), mayNot: types('../edge-agent/src/config.ts') },

  'load-tests/lib': {
    may: value('../../deploy/setup/pins.mjs'),
    mayNot: value('../scenarios/run.ts'),
  },
  'load-tests/lib/k6': { may: value('k6/http'), mayNot: value('../command.ts') },
  'load-tests/scenarios': { may: value('../lib/k6/api.ts'), mayNot: value('../lib/usage.ts') },
  'load-tests/scenarios/run.ts': {
    file: 'load-tests/scenarios/run.ts',
    may: value('@levee/deploy/stack'),
    mayNot: value('../simulator/simulation.ts'),
  },
  'load-tests/simulator': { may: value('@levee/deploy/until'), mayNot: value('@levee/deploy/stack') },
  'load-tests/simulator/main.ts': {
    file: 'load-tests/simulator/main.ts',
    may: value('@levee/deploy/stack'),
    mayNot: value('../chaos/soak/soak.ts'),
  },
  'load-tests/attacks': { may: value('@levee/deploy/stack'), mayNot: value('../chaos/main.ts') },
  'load-tests/chaos': { may: value('@levee/deploy/stack'), mayNot: value('../benchmarks/main.ts') },
  'load-tests/benchmarks': { may: value('@levee/deploy/statistics'), mayNot: value('../chaos/main.ts') },
  'load-tests': {
    may: value('../deploy/stack/stack.ts'),
    mayNot: value('../control-plane/src/tuning/placement.ts'),
  },

  'deploy/setup': { may: value('./pins.mjs'), mayNot: value('../stack/until.ts') },
  'deploy/stack': { may: value('../setup/pins.mjs'), mayNot: value('../checks/leftovers.ts') },
  'deploy/local': { may: value('../stack/stack.ts'), mayNot: value('../checks/checks.ts') },
  'deploy/lint': { may: value('oxc-parser'), mayNot: value('../setup/pins.mjs') },
  'deploy/checks': { may: value('../lint/layout.ts'), mayNot: value('../local/start.ts') },
  deploy: { may: value('./stack/stack.ts'), mayNot: value('../control-plane/src/tuning/placement.ts') },
}

const fileOf = (path: string) => EXAMPLES[path]?.file ?? `${path}/planted.ts`
const planted = (which: 'may' | 'mayNot'): Files =>
  Object.fromEntries(Object.entries(EXAMPLES).map(([path, example]) => [fileOf(path), example[which]]))

/** Every form of an import. */
const FOREIGN = '../../control-plane/src/tuning/placement.ts'
const FORMS: Files = Object.fromEntries(
  Object.entries({
    named: `import { it } from '${FOREIGN}'\nexport const ours = it\n`,
    namespace: `import * as all from '${FOREIGN}'\nexport const ours = all\n`,
    default: `import it from '${FOREIGN}'\nexport const ours = it\n`,
    'side-effect': `import '${FOREIGN}'\n`,
    types: `import type { It } from '${FOREIGN}'\nexport type Ours = It\n`,
    'inline-type': `import { type It } from '${FOREIGN}'\nexport type Ours = It\n`,
    'import-type': `export type Ours = import('${FOREIGN}').It\n`,
    're-export': `export { it } from '${FOREIGN}'\n`,
    're-export-type': `export type { It } from '${FOREIGN}'\n`,
    're-export-all': `export * from '${FOREIGN}'\n`,
    're-export-namespace': `export * as all from '${FOREIGN}'\n`,
    dynamic: `export const ours = () => import('${FOREIGN}')\n`,
    'dynamic-backticks': `export const ours = () => import(\`${FOREIGN}\`)\n`,
    detour: `import { it } from '../../../control-plane/src/tuning/placement.ts'\nexport const ours = it\n`,
  }).map(([name, text]) => [`web/src/${name}.ts`, text]),
)

/** For each entry point a file that imports it and may not. */
const INTO_ENTRY_POINTS: Files = Object.fromEntries(
  Object.keys(ENTRY_POINTS).map((entry) => {
    const [folder, name = ''] = [entry.slice(0, entry.lastIndexOf('/')), entry.split('/').at(-1)]
    return [`${folder}/into-${name.replace(/\W/g, '-')}.ts`, types(`./${name}`)]
  }),
)

describe('which file may import which', () => {
  let clean: Report
  let dirty: Report
  before(async () => {
    ;[clean, dirty] = await Promise.all([
      lint(planted('may')),
      lint({ ...planted('mayNot'), ...FORMS, ...INTO_ENTRY_POINTS }),
    ])
  })

  test('every row has its example here', () => {
    assert.deepEqual(Object.keys(EXAMPLES).toSorted(), ROWS.map(({ path }) => path).toSorted())
  })

  test('allowed imports pass, and all files were read', () => {
    assert.deepEqual(clean.found, [])
    assert.equal(clean.code, 0)
    assert.ok(clean.files > ROWS.length)
  })

  test('forbidden imports fail', () => {
    assert.equal(dirty.code, 1)
  })

  for (const { path, because } of ROWS)
    test(`${path}: a forbidden import is reported with its reason`, () => {
      const [first, ...more] = dirty.in(fileOf(path))
      assert.equal(first?.rule, 'levee(may-import)')
      assert.match(first.message, / may not import /)
      assert.ok(first.message.endsWith(`: ${because}`), first.message)
      assert.deepEqual(more, [])
    })

  for (const file of Object.keys(INTO_ENTRY_POINTS))
    test(`an entry point is not imported: ${file}`, () => {
      const [found] = dirty.in(file)
      assert.match(found?.message ?? '', /is an entry point; other files do not depend on it$/)
    })

  for (const file of Object.keys(FORMS))
    test(`every form of import is checked: ${file.slice('web/src/'.length, -'.ts'.length)}`, () => {
      assert.ok(dirty.in(file).some(({ rule }) => rule === 'levee(may-import)'))
    })
})
