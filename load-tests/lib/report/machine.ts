import { availableParallelism, cpus, totalmem } from 'node:os'

/** What the figures were taken on, in a line. */
export function machine(): string {
  const [cpu] = cpus()
  const gib = (totalmem() / 2 ** 30).toFixed(0)
  return `${availableParallelism()} × ${cpu?.model.trim() ?? 'CPU'}, ${gib} GiB, ${process.platform}, Node ${process.versions.node}`
}
