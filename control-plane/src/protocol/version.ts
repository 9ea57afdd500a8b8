/**
 * The version of what crosses the wire between an agent and the control plane. Raise it when one of them could
 * misunderstand the other; a field that both sides may ignore needs no new version.
 */
export const PROTOCOL_VERSION = 2

/** The oldest version of an agent that this control plane still serves. */
export const OLDEST_AGENT_PROTOCOL = 2

/** The oldest version of a control plane that this agent still works with. */
export const OLDEST_CONTROL_PLANE_PROTOCOL = 2

export type ProtocolMismatch = 'agent_too_old' | 'agent_too_new'

/** How the version that an agent sent relates to ours. An agent that sends none is older than the first version. */
export function protocolMismatch(sent: unknown): ProtocolMismatch | undefined {
  if (!Number.isSafeInteger(sent) || (sent as number) < OLDEST_AGENT_PROTOCOL) return 'agent_too_old'
  return (sent as number) > PROTOCOL_VERSION ? 'agent_too_new' : undefined
}

/**
 * Whether a control plane that states this version is too old for us. A newer one decides by itself whether it serves
 * this agent. A control plane that states none is older than the first version.
 */
export const isControlPlaneTooOld = (sent: unknown): boolean =>
  !Number.isSafeInteger(sent) || (sent as number) < OLDEST_CONTROL_PLANE_PROTOCOL
