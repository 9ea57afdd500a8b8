// `npm run check`: the static checks alone.
import { readArguments } from '../setup/arguments.mjs'
import { runChecks } from './checks.ts'

const { values } = readArguments('npm run check [-- --fail-fast]', {
  options: { 'fail-fast': { type: 'boolean', default: false } },
})
const { passed, failed } = await runChecks({ failFast: values['fail-fast'] })
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
