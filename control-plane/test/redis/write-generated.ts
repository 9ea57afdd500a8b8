// Writes docs/redis-keys.md and the headers of the Lua scripts from their definitions.
import { writeFileSync } from 'node:fs'
import { generatedFiles } from './script-files.ts'

for (const { url, content } of generatedFiles()) writeFileSync(url, content)
