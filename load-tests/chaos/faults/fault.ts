// A fault: how it is injected, proven and repaired.
import { type Before, type Proof, type Target, observe } from './proofs.ts'

export interface Fault {
  /** What happens, for the report. */
  what: string
  /** May return the moment from which the outage counts, if that is not the moment of injection. */
  inject: (target: Target) => Promise<{ countFromMs: number } | void>
  proofs: readonly Proof[]
  repair: (target: Target) => Promise<void>
}

export interface Injection {
  countFromMs: number
  /** What the proofs showed. */
  proofs: string[]
}

/** @throws NotInjected if a proof fails, so that a trial in which nothing happened does not count. */
export async function injectFault(fault: Fault, target: Target): Promise<Injection> {
  const before: Before = await observe(target)
  const atMs = Date.now()
  const { countFromMs = atMs } = (await fault.inject(target)) ?? {}
  const proofs: string[] = []
  for (const proof of fault.proofs) proofs.push(await proof(before, target))
  return { countFromMs, proofs }
}
