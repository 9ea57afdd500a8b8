import { requireDeclared } from './declared.ts'
import { chosenBy, isExecutable, onPath } from './find-program.ts'
import { systemTool } from './system-tool.ts'

const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

export async function ensureChromium(): Promise<string> {
  requireDeclared('chromium')
  const chosen = chosenBy('LEVEE_CHROMIUM')
  return systemTool({
    label: 'Chromium',
    found: chosen ?? NAMES.map(onPath).find(Boolean) ?? (isExecutable(MAC) ? MAC : undefined),
    aptPackage: 'chromium',
    binary: 'chromium',
    brew: 'brew install --cask google-chrome',
  })
}
