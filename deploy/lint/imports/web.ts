import { CONTRACT, PROTOCOL, type Row, STACK } from './row.ts'

const SRC = 'web/src'
const inSrc = (names: readonly string[]) => names.map((name) => `${SRC}/${name}`)

/** Only types of the contract: its values would add the schemas to the page. */
function row(name: string, may: readonly string[], because: string): Row {
  return {
    path: `${SRC}/${name}`,
    may: [`${SRC}/${name}`, ...inSrc(may), PROTOCOL],
    types: [CONTRACT],
    because,
  }
}

const FEATURES = ['stage', 'chat', 'people', 'controls']
const BELOW_FEATURES = ['meeting', 'sites', 'devices', 'ui', 'i18n', 'api', 'tuning.ts']

const BELOW_OPS = ['api', 'ui', 'i18n', 'tuning.ts']

const feature = (name: string) =>
  row(name, BELOW_FEATURES, 'a feature of the meeting depends on no other feature; the page combines them')

export const WEB: readonly Row[] = [
  row('i18n', [], 'the catalogues depend on no other part'),
  row('api', ['i18n', 'tuning.ts'], 'the client of the API depends on no other part'),
  row('ui', ['api', 'i18n', 'tuning.ts'], 'ui is used by all parts and depends on none of them'),
  row('devices', ['api', 'ui', 'i18n', 'tuning.ts'], 'devices depend on no meeting and no page'),
  row('sites', ['api', 'ui', 'i18n', 'tuning.ts'], 'sites depend on no meeting and no page'),
  {
    ...row(
      'meeting',
      ['api', 'devices', 'sites', 'tuning.ts'],
      'the meeting is plain TypeScript over livekit-client: no React, no page',
    ),
    packages: ['livekit-client'],
  },
  ...FEATURES.map(feature),
  row(
    'meeting-page',
    [...FEATURES, ...BELOW_FEATURES],
    'the meeting page combines the features of a meeting',
  ),
  row(
    'join',
    ['meeting-page', ...BELOW_FEATURES],
    'the join page opens the meeting page and depends on no other page',
  ),
  row(
    'start',
    ['api', 'ui', 'i18n', 'tuning.ts'],
    'the start page creates a meeting and depends on no other page',
  ),
  row('ops', BELOW_OPS, 'operations depend on no meeting'),
  row(
    'ops/ui',
    [...BELOW_OPS, 'ops/tuning.ts'],
    'components of the operations pages do not depend on the fleet',
  ),
  row(
    'ops/fleet',
    [...BELOW_OPS, 'ops/ui', 'ops/tuning.ts'],
    'nodes and sites build on the fleet, not the other way round',
  ),
  ...['ops/nodes', 'ops/sites'].map((name) =>
    row(
      name,
      [...BELOW_OPS, 'ops/fleet', 'ops/ui', 'ops/tuning.ts'],
      'nodes and sites do not depend on each other; the operations pages combine them',
    ),
  ),
  {
    path: SRC,
    may: [SRC, PROTOCOL],
    types: [CONTRACT],
    because:
      'the client shares the protocol and the types of the contract with the control plane, nothing else',
  },
  {
    path: 'web',
    may: ['web', PROTOCOL, ...STACK],
    types: [CONTRACT],
    because: 'tests use their own package, what it shares with the control plane, and the stack',
  },
]
