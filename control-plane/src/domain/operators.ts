/** Sessions of operators, and the record of what operators and hosts have done. */

/** `who`: a session or a participant, shortened; never a key. `target`: what was acted on; a room by its id. */
export type AuditEntry = {
  act: string
  actor: 'operator' | 'host'
  who: string
  address: string
  target: string
  /** `done`, or the code of the refusal. */
  result: string
  /** What was asked for, as JSON, shortened. */
  details: string
}

export type AuditRecord = AuditEntry & { id: string; atMs: number }

/** Each method throws StoreUnavailable while Redis is away. */
export type OperatorsStore = {
  openSession(session: string, keyId: string): Promise<void>
  /** false: it was closed, was idle for too long, has reached the end of its life, or the operator key has changed. */
  touchSession(session: string, keyId: string): Promise<boolean>
  closeSession(session: string): Promise<void>
  appendAudit(entry: AuditEntry): Promise<void>
  /** The newest first. `before`: the id of an entry. */
  readAudit(page: { before?: string | undefined; limit: number }): Promise<AuditRecord[]>
}
