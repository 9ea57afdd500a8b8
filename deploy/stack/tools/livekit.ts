import { LIVEKIT_VERSION } from '../../setup/pins.mjs'
import { requireDeclared } from './declared.ts'
import { goTool } from './go-tool.ts'

export async function ensureLivekit(): Promise<string> {
  requireDeclared('livekit')
  return goTool({
    name: `livekit-${LIVEKIT_VERSION}`,
    label: `LiveKit ${LIVEKIT_VERSION}`,
    expected: 'built once, 3 to 6 min',
    folder: 'livekit',
    builtAs: 'server',
    binary: 'livekit-server',
    variable: 'LEVEE_LIVEKIT',
    version: { argument: '--version', prints: `version ${LIVEKIT_VERSION}` },
  })
}
