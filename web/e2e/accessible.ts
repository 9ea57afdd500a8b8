// axe-core on a page as it stands.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Rules that this page breaks, each with the first element that does. Throws when axe looked at nothing. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated through the debugger: the page's own policy would refuse it, as it should.
  await page.evaluate(source)
  const results = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  )
  if (results.passes.length === 0) throw new Error('axe found nothing to look at')
  return results.violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes[0]?.html ?? ''}`)
}
