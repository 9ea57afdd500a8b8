import { K6_VERSION } from '../../setup/pins.mjs'
import { goTool } from './go-tool.ts'

export function ensureK6(): Promise<string> {
  return goTool({
    name: `k6-${K6_VERSION}`,
    label: `k6 ${K6_VERSION} (built once, 2 to 4 min)`,
    module: `go.k6.io/k6@v${K6_VERSION}`,
    builtAs: 'k6',
    binary: 'k6',
    variable: 'LEVEE_K6',
    version: { argument: 'version', prints: `v${K6_VERSION} ` },
  })
}
