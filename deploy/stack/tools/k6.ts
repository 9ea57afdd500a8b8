import { K6_VERSION } from '../../setup/pins.mjs'
import { requireDeclared } from './declared.ts'
import { goTool } from './go-tool.ts'

export async function ensureK6(): Promise<string> {
  requireDeclared('k6')
  return goTool({
    name: `k6-${K6_VERSION}`,
    label: `k6 ${K6_VERSION}`,
    expected: 'built once, 2 to 4 min',
    folder: 'k6',
    builtAs: 'k6',
    binary: 'k6',
    variable: 'LEVEE_K6',
    version: { argument: 'version', prints: `v${K6_VERSION} ` },
  })
}
