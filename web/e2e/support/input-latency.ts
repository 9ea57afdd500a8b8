// How long a key takes from the press to the next frame that shows its letter.
import type { Page } from 'playwright-core'

export type Latency = { samples: number; p50Ms: number; p95Ms: number; maxMs: number; longestTaskMs: number }

declare global {
  interface Window {
    levee_latency: { keys: number[]; tasks: number[] }
  }
}

/** Types into the focused field for `forMs` while `act` runs. The time starts at the key event's own stamp. */
export async function inputLatency(page: Page, forMs: number, act: () => Promise<unknown>): Promise<Latency> {
  await page.evaluate(() => {
    const log = { keys: [] as number[], tasks: [] as number[] }
    window.levee_latency = log
    document.addEventListener('keydown', ({ timeStamp }) =>
      requestAnimationFrame(() => setTimeout(() => log.keys.push(performance.now() - timeStamp))),
    )
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) log.tasks.push(duration)
    }).observe({ type: 'longtask' })
  })
  const acting = act()
  const endMs = performance.now() + forMs
  while (performance.now() < endMs) {
    await page.keyboard.press('x')
    await page.waitForTimeout(60)
  }
  await acting
  const { keys, tasks } = await page.evaluate(() => window.levee_latency)
  const sorted = keys.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
  return {
    samples: keys.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    maxMs: at(1),
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
  }
}
