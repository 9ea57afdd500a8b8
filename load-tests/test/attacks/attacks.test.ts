// The attacks of `npm run attack`, each with what must not happen.
import { after, before, describe, test } from 'node:test'
import { ATTACKS } from '../../attacks/attacks.ts'
import { openScene, type Scene } from '../../attacks/scene.ts'

let scene: Scene
before(async () => {
  scene = await openScene({ isQuiet: false })
})
after(() => scene.close())

describe('attacks', () => {
  for (const { name, mustNot, run } of ATTACKS)
    test(`${name}: must not ${mustNot}`, async (t) => {
      t.diagnostic(await run(scene))
    })
})
