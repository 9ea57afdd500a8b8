/** Cached token signers, one per node key: enough for a fleet of 20,000 nodes and those that it replaced. */
export const TOKEN_SIGNERS_MAX = 50_000
