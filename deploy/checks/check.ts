// `npm run check`: the static checks alone.
import { runChecks } from './checks.ts'

const { passed, failed } = await runChecks({ failFast: process.argv.includes('--fail-fast') })
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
