// The software bill of materials of what runs in production: packages of npm with their licences and hashes, Node, and
// LiveKit with its Go modules. Made from the lock files, without the network; the same files give the same text.
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../setup/command.mjs'
import { NODE_VERSION, repoDir } from '../../setup/pins.mjs'

interface Licence {
  license?: { id?: string; name?: string }
  expression?: string
}

export interface Component {
  type: string
  name: string
  group?: string
  version: string
  purl: string
  'bom-ref': string
  licenses?: Licence[]
  properties?: { name: string; value: string }[]
}

/** CycloneDX 1.6. */
export interface BillOfMaterials {
  metadata: { component: Component; [field: string]: unknown }
  components: Component[]
  dependencies: { ref: string; dependsOn?: string[] }[]
  [field: string]: unknown
}

/** Packages of npm that are not this repository's own, from pnpm's lock file. */
export async function readPackages(dir: string = repoDir): Promise<BillOfMaterials> {
  const temporary = await mkdtemp(join(tmpdir(), 'levee-sbom-'))
  const file = join(temporary, 'sbom.json')
  const format = ['--sbom-format', 'cyclonedx', '--sbom-spec-version', '1.6', '--sbom-type', 'application']
  let bill: BillOfMaterials
  try {
    await run('pnpm', ['sbom', '--prod', ...format, '--out', file], {
      cwd: dir,
      advice: 'Could not read the dependencies: run “npm run check”, which installs them.',
    })
    bill = JSON.parse(await readFile(file, 'utf8')) as BillOfMaterials
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return { ...bill, components: bill.components.filter(({ group }) => group !== '@levee') }
}

export async function makeBill(): Promise<BillOfMaterials> {
  const { serialNumber: _serial, metadata, components, dependencies, ...rest } = await readPackages()
  // Differs from run to run.
  const { timestamp: _now, ...always } = metadata
  const refs = new Set(components.map((component) => component['bom-ref']))
  const root = metadata.component['bom-ref']
  const edges = Map.groupBy(
    // What a package of this repository needs, the whole needs: pnpm sometimes writes the one and sometimes the other.
    dependencies.map(({ ref, dependsOn = [] }) => ({ ref: refs.has(ref) ? ref : root, dependsOn })),
    ({ ref }) => ref,
  )
  return {
    ...rest,
    metadata: always,
    components: [...components, nodeComponent(), ...livekitComponents()].toSorted(by((c) => c['bom-ref'])),
    dependencies: [...edges]
      .map(([ref, parts]) => ({
        ref,
        dependsOn: [...new Set(parts.flatMap(({ dependsOn }) => dependsOn))]
          .filter((to) => refs.has(to))
          .toSorted(),
      }))
      .toSorted(by(({ ref }) => ref)),
  }
}

const by =
  <T>(keyOf: (item: T) => string) =>
  (a: T, b: T): number =>
    keyOf(a) < keyOf(b) ? -1 : 1

function nodeComponent(): Component {
  const purl = `pkg:generic/node@${NODE_VERSION}`
  const licenses = [{ license: { id: 'MIT' } }]
  return { type: 'platform', name: 'node', version: NODE_VERSION, purl, 'bom-ref': purl, licenses }
}

/** LiveKit and its modules. go.mod lists all of them; go.sum has Go's hash of each. */
function livekitComponents(): Component[] {
  const read = (file: string): string => readFileSync(join(repoDir, 'deploy/setup/go/livekit', file), 'utf8')
  const hashes = new Map(
    [...read('go.sum').matchAll(/^(\S+) (v\S+) (h1:\S+)$/gm)].map(([, name, version, hash]) => [
      `${name} ${version}`,
      hash ?? '',
    ]),
  )
  return [...read('go.mod').matchAll(/^(?:require)?\s+(\S+) (v\S+)/gm)].map(([, name = '', version = '']) => {
    const purl = `pkg:golang/${name}@${version}`
    const properties = [{ name: 'go.sum', value: hashes.get(`${name} ${version}`) ?? '' }]
    return { type: 'library', name, version, purl, 'bom-ref': purl, properties }
  })
}
