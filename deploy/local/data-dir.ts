import { join, resolve } from 'node:path'
import { repoDir } from '../setup/pins.mjs'

/** Folder of data, keys and logs of the local appliance; a relative path counts from where npm was called. */
export const dataDir = (): string =>
  resolve(process.env['INIT_CWD'] ?? '', process.env['LEVEE_DATA_DIR'] || join(repoDir, 'var'))
