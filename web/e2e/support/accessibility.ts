// axe-core on the current state of a page.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The rules that the page breaks, each with the first element that breaks it. Throws when axe found nothing to check. */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger, because the page's Content-Security-Policy rightly refuses inline scripts.
  await page.evaluate(source)
  const results = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  )
  if (results.passes.length === 0) throw new Error('axe found nothing to check')
  return results.violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes[0]?.html ?? ''}`)
}
