// Numbers of the k6 scenarios, each with its reason.

/** Longer than any answer of a healthy node; a surge on two busy cores may take seconds. */
export const SIGNAL_TIMEOUT_MS = 10_000
/** LiveKit answers a leave at once, but about one in a thousand sockets never closed. */
export const LEAVE_TIMEOUT_MS = 5_000
