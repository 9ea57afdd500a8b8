import { onPath } from './find-program.ts'
import { systemTool } from './system-tool.ts'

export function ensureRedis(): Promise<string> {
  return systemTool({
    label: 'Redis',
    found: onPath('redis-server'),
    aptPackage: 'redis-server',
    binary: 'redis-server',
    brew: 'brew install redis',
  })
}
