import type { AuditEntry, AuditRecord, OperatorsStore } from '../../domain/operators.ts'
import { AUDIT_DETAILS_MAX } from '../../tuning/secrets.ts'

export type AuditDeps = { operators: Pick<OperatorsStore, 'appendAudit' | 'readAudit'> }

export type Act = Omit<AuditEntry, 'details'> & { details: unknown }

/** Appends what somebody has done, or tried to do with a right credential, to the audit stream. */
export async function recordAct(deps: AuditDeps, { details, ...act }: Act): Promise<void> {
  const text = details === undefined || details === null ? '' : JSON.stringify(details)
  await deps.operators.appendAudit({ ...act, details: text.slice(0, AUDIT_DETAILS_MAX) })
}

/** A page of the audit stream, the newest entries first. `next`: `before` of the next page; null: the end. */
export async function viewAudit(
  deps: AuditDeps,
  page: { before?: string | undefined; limit: number },
): Promise<{ entries: AuditRecord[]; next: string | null }> {
  const entries = await deps.operators.readAudit(page)
  const last = entries.at(-1)
  return { entries, next: entries.length === page.limit && last ? last.id : null }
}
