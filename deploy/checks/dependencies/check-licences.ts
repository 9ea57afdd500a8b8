// Part of `npm run check`: the licences of the production dependencies.
import { readPackages } from './bill-of-materials.ts'
import { findLicenceFaults } from './licences.ts'
import { printUserError, UserError } from '../../setup/user-error.mjs'

try {
  const { components } = await readPackages()
  if (components.length === 0) throw new UserError('No production dependency was found: correct the check.')
  const faults = findLicenceFaults(components)
  for (const fault of faults) console.log(fault)
  console.log(`${components.length} packages`)
  process.exitCode = faults.length > 0 ? 1 : 0
} catch (error) {
  printUserError(error)
  process.exitCode = 1
}
