// The stack of the test files that stop no process: two nodes and two control planes.
import { shareStack } from '../../deploy/stack/shared.ts'
import { startStack } from '../../deploy/stack/stack.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'

export const shared = shareStack(async () => {
  await ensureWebBuild()
  return startStack({ replicas: 2 })
})
