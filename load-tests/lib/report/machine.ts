import { availableParallelism, cpus, totalmem } from 'node:os'

/** The machine that the figures were measured on, in one line. */
export function machine(): string {
  const [cpu] = cpus()
  const gib = (totalmem() / 2 ** 30).toFixed(0)
  return `${availableParallelism()} × ${cpu?.model.trim() ?? 'CPU'}, ${gib} GiB, ${process.platform}, Node ${process.versions.node}`
}
