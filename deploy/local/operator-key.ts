// `npm run operator-key`: prints the key that signs in to the operations page of the local appliance.
import { readArguments } from '../setup/arguments.mjs'
import { UserError, printUserError } from '../setup/user-error.mjs'
import { SECRETS_FILE, knownSecrets } from '../stack/secrets.ts'
import { dataDir } from './data-dir.ts'
import { join } from 'node:path'

readArguments('npm run operator-key', {})
try {
  const { operatorKey } = knownSecrets(join(dataDir(), SECRETS_FILE))
  if (!operatorKey) throw new UserError(`There is no operator key in ${dataDir()} yet: run npm start first.`)
  process.stdout.write(`${operatorKey}\n`)
} catch (error) {
  printUserError(error)
  process.exit(1)
}
