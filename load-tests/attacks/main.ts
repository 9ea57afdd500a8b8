// `npm run attack`: attacks a control plane of its own and says what each attack has achieved. With `--floods` it measures
// instead what floods cost the joins of others.
import { readArguments } from '../../deploy/setup/arguments.mjs'
import { UserError } from '../../deploy/setup/user-error.mjs'
import { runCommand } from '../lib/command.ts'
import { ATTACKS } from './attacks.ts'
import { measureFloods } from './floods.ts'
import { openScene } from './scene.ts'

const { positionals, values } = readArguments('npm run attack [-- --floods | PART OF A NAME …]', {
  options: { floods: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const chosen = ATTACKS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
)

await runCommand(async (signal) => {
  if (chosen.length === 0) throw new UserError(`No attack has “${positionals.join(' ')}” in its name.`)
  const scene = await openScene({ isQuiet: true })
  if (values.floods) {
    process.stdout.write(`${await measureFloods(scene).finally(() => scene.close())}\n`)
    return
  }
  let failed = 0
  try {
    for (const { name, mustNot, run } of chosen) {
      signal.throwIfAborted()
      const [mark, seen] = await run(scene).then(
        (text) => ['✓', text],
        (error: unknown) => ['✗', String(error)],
      )
      if (mark === '✗') failed++
      process.stdout.write(`  ${mark} ${name}\n      must not ${mustNot}\n      ${seen}\n`)
    }
  } finally {
    await scene.close()
  }
  process.stdout.write(`\n${chosen.length - failed} passed, ${failed} failed\n`)
  if (failed > 0) process.exitCode = 1
})
