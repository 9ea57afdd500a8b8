/** Token signers kept ready, one per node key: a fleet of 20,000 nodes, and as many that have gone. */
export const TOKEN_SIGNERS_MAX = 50_000
