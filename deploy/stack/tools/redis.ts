import { onPath } from './find-program.ts'
import { requireDeclared } from './declared.ts'
import { systemTool } from './system-tool.ts'

export async function ensureRedis(): Promise<string> {
  requireDeclared('redis')
  return systemTool({
    label: 'Redis',
    found: onPath('redis-server'),
    aptPackage: 'redis-server',
    binary: 'redis-server',
    brew: 'brew install redis',
  })
}
