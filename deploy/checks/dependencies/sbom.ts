// `npm run sbom`: the software bill of materials as CycloneDX JSON.
import { writeFileSync } from 'node:fs'
import { readArguments } from '../../setup/arguments.mjs'
import { printUserError } from '../../setup/user-error.mjs'
import { makeBill } from './bill-of-materials.ts'

const { values } = readArguments('npm run --silent sbom [-- --out FILE]', {
  options: { out: { type: 'string' } },
})
try {
  const text = `${JSON.stringify(await makeBill(), null, 2)}\n`
  if (values.out) writeFileSync(values.out, text)
  else process.stdout.write(text)
} catch (error) {
  printUserError(error)
  process.exitCode = 1
}
