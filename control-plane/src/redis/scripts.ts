import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { OFFLINE_EPOCHS } from '../protocol/epochs.ts'
import { PLACEMENT } from '../tuning/placement.ts'

export type Script = { name: string; source: string; sha: string }

const folder = new URL('./lua/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8')

/** PLACEMENT as a Lua table: its numbers have one home, and a change of them is another script. */
const limits = `local limits = { ${Object.entries({ ...PLACEMENT, offlineEpochs: OFFLINE_EPOCHS })
  .map(([name, value]) => `${name} = ${value}`)
  .join(', ')} }`

/** What `-- @include x` stands for, where it is not lua/lib/x.lua. */
export type Includes = Readonly<Record<string, string>>

/** A verb's script with its `-- @include x` lines replaced. `replace`: for tests, which bring a clock of their own. */
export function loadScript(name: string, replace: Includes = {}): Script {
  const includes: Includes = { limits, ...replace }
  // By this line Redis 7 refuses a script that touches a key of another slot, also where both stand on one node.
  const source = `#!lua\n${read(`${name}.lua`).replace(
    /^-- @include (\S+)$/gm,
    (_, lib: string) => includes[lib] ?? read(`lib/${lib}.lua`),
  )}`
  return { name, source, sha: createHash('sha1').update(source).digest('hex') }
}
