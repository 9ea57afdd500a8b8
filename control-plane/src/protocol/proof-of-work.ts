/**
 * Proof of work for a sign-in from an address with many wrong attempts: an operator waits a second, and a guesser pays a
 * second of computing for each guess. Free of `node:`: the web client computes the proof.
 */

/** What is hashed with SHA-256. The key is part of it, so that a proof is good for one guess. */
export const proofText = (challenge: string, key: string, nonce: number): string =>
  `${challenge} ${nonce} ${key}`

/** Whether a hash begins with this many zero bits. */
export function hasZeroBits(hash: Uint8Array, bits: number): boolean {
  for (let i = 0; i < bits; i++) if (((hash[i >> 3] ?? 255) >> (7 - (i & 7))) & 1) return false
  return true
}
