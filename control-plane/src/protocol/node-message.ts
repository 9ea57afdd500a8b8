/**
 * A message of the agent to the clients in a room, as JSON in the metadata of the LiveKit room.
 */
export type NodeMessage = {
  /** Rises with each message: clients are to call `rejoin`. */
  ask: number
  /** The node is about to stop, even if people are still connected to it. */
  stopping?: boolean
}

export const formatNodeMessage = (message: NodeMessage): string => JSON.stringify(message)

/** undefined for metadata that is not a node's message. */
export function parseNodeMessage(metadata: string | undefined): Required<NodeMessage> | undefined {
  if (!metadata) return undefined
  try {
    const parsed: unknown = JSON.parse(metadata)
    if (typeof parsed !== 'object' || parsed === null || !('ask' in parsed)) return undefined
    if (!Number.isSafeInteger(parsed.ask)) return undefined
    return { ask: parsed.ask as number, stopping: 'stopping' in parsed && parsed.stopping === true }
  } catch {
    return undefined
  }
}
