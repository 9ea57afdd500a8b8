// The results of the placement benchmark as Markdown.
import { httpSection } from './http-section.ts'
import { peerSection } from './peer-section.ts'
import { reportingSection } from './reporting-section.ts'
import type { PlacementResults } from './results.ts'
import { memorySection, peakSection, scriptSection } from './store-section.ts'

export function placementMarkdown(results: PlacementResults): string {
  const { date, machine } = results
  return [
    `# Placement, ${date}`,
    `Machine: ${machine}. It runs everything, in one run: generator, servers and Redis. \`npm run bench:placement\`.`,
    `![Placements per second by number of nodes](${date}-placement.svg)`,
    httpSection(results),
    scriptSection(results),
    peerSection(results),
    peakSection(results),
    reportingSection(results),
    memorySection(results),
  ].join('\n\n')
}
