import { SIGN_IN_PROOF_BITS } from '@levee/control-plane/protocol/limits'
import { hasZeroBits, proofText } from '@levee/control-plane/protocol/proof-of-work'
import { PROOF_BATCH } from '../tuning.ts'

/** Resolves to a nonce that proves the work for this guess of the key. */
export async function findProof(challenge: string, key: string, bits = SIGN_IN_PROOF_BITS): Promise<number> {
  for (let from = 0; ; from += PROOF_BATCH) {
    const hashes = await Promise.all(
      Array.from({ length: PROOF_BATCH }, (_, i) => sha256(proofText(challenge, key, from + i))),
    )
    const found = hashes.findIndex((hash) => hasZeroBits(hash, bits))
    if (found >= 0) return from + found
  }
}

const sha256 = async (text: string) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
