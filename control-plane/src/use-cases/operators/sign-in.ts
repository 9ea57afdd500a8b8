import type { Refusal } from '../../protocol/problems/refusal.ts'
import { SIGN_IN_PROOF_BITS } from '../../protocol/limits.ts'
import { hasZeroBits, proofText } from '../../protocol/proof-of-work.ts'
import { openOperatorSession, type OperatorSessionsDeps } from './sessions.ts'

export type SignInDeps = OperatorSessionsDeps & {
  isOperatorKey: (key: string) => boolean
  sha256: (text: string) => Uint8Array
  challenges: { sign: () => string; isValid: (challenge: string) => boolean }
}

export type SignInAttempt = { key: string; proof?: { challenge: string; nonce: number } | undefined }

/**
 * Signs an operator in and returns the cookie. `mustProve`: there were many wrong attempts from this address, so that the
 * attempt has to come with a proof of work: a flood from an office does not lock out its operator.
 */
export async function signIn(
  deps: SignInDeps,
  { key, proof }: SignInAttempt,
  mustProve: boolean,
): Promise<{ cookie: string } | Refusal<'operator_required' | 'proof_of_work_required'>> {
  if (mustProve && !isProven(deps, key, proof))
    return { refused: 'proof_of_work_required', members: { challenge: deps.challenges.sign() } }
  if (!deps.isOperatorKey(key)) return { refused: 'operator_required' }
  return { cookie: await openOperatorSession(deps) }
}

function isProven({ challenges, sha256 }: SignInDeps, key: string, proof: SignInAttempt['proof']): boolean {
  if (!proof || !challenges.isValid(proof.challenge)) return false
  return hasZeroBits(sha256(proofText(proof.challenge, key, proof.nonce)), SIGN_IN_PROOF_BITS)
}
