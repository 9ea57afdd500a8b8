import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { isAlive, until } from '@levee/deploy/until'
import { foreignCores, markCpu, ownCores } from '../../chaos/measure/machine-cpu.ts'

/** Burns CPU for half a second. */
const BURN = ['-e', 'for (const end = Date.now() + 500; Date.now() < end;);']

test('CPU of our children is ours, even after they have ended; CPU of other processes is foreign', async () => {
  const mark = markCpu()
  await once(spawn(process.execPath, BURN), 'exit')
  const own = (ownCores(mark) * (performance.now() - mark.atMs)) / 1000
  assert.ok(own > 0.1, `${own} s are ours`)
  // Not our descendant, because its parent ends at once.
  const shell = spawn('sh', ['-c', `"${process.execPath}" -e "${BURN[1]}" & echo $!`])
  const pid = Number(await text(shell.stdout))
  await until(() => !isAlive(pid), { what: 'the end of the foreign process' })
  const foreign = (foreignCores(mark) * (performance.now() - mark.atMs)) / 1000
  assert.ok(foreign > 0.1, `${foreign} s are foreign`)
})
