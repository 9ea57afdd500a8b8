import { CONTRACT, PROTOCOL, type Row, STACK } from './row.ts'

const SRC = 'web/src'
const inSrc = (names: readonly string[]) => names.map((name) => `${SRC}/${name}`)

/** The contract as types only: its values would bring the schemas into the page. */
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

const feature = (name: string) =>
  row(name, BELOW_FEATURES, 'a feature of the meeting knows no other feature; the page puts them together')

export const WEB: readonly Row[] = [
  row('i18n', [], 'the catalogues know no other part'),
  row('api', ['i18n', 'tuning.ts'], 'the client of the API knows no other part'),
  row('ui', ['api', 'i18n', 'tuning.ts'], 'ui is used by all parts and knows none of them'),
  row('devices', ['api', 'ui', 'i18n', 'tuning.ts'], 'devices know no meeting and no page'),
  row('sites', ['api', 'ui', 'i18n', 'tuning.ts'], 'sites know no meeting and no page'),
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
    'the meeting page puts the features of a meeting together',
  ),
  row(
    'join',
    ['meeting-page', ...BELOW_FEATURES],
    'the join page opens the meeting page and knows no other page',
  ),
  row(
    'start',
    ['api', 'ui', 'i18n', 'tuning.ts'],
    'the start page creates a meeting and knows no other page',
  ),
  row('ops', ['api', 'ui', 'i18n', 'tuning.ts'], 'operations know no meeting'),
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
