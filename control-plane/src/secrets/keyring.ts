/** Everything secret the control plane makes or keeps, derived from one master key (HKDF-SHA-256, one label per use). */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import { OPERATOR_SESSION_TTL_SEC } from '../tuning/secrets.ts'
import { sealOf, type OfflineGrant, type RejoinTicket } from '../protocol/tickets.ts'
import { OFFLINE_GRANT_TTL_SEC, REJOIN_TICKET_TTL_SEC, OFFLINE_GRANT_PROOF_SEC } from '../protocol/limits.ts'

export type Keyring = {
  /** AES-256-GCM, bound to the node's id: a sealed secret copied to another node does not open. */
  seal(nodeId: string, secret: string): string
  /** Throws if the text was not sealed for this node with this master key. */
  unseal(nodeId: string, sealed: string): string
  /** With a seal by the secret of the node that it is for: cut off from us, its agent knows its people by it. */
  signTicket(ticket: RejoinTicket, apiSecret: string): string
  /** null for anything foreign, changed or expired. */
  readTicket(text: string): RejoinTicket | null
  /** What a node may do while it is cut off. The agent keeps it and shows it afterwards. */
  signGrant(grant: OfflineGrant): string
  /** null for anything foreign, changed or expired for longer than OFFLINE_GRANT_PROOF_SEC. */
  readGrant(text: string): OfflineGrant | null
  signOperatorSession(): string
  isOperatorSession(text: string): boolean
}

export function createKeyring(masterKey: string): Keyring {
  const master = Buffer.from(masterKey, 'base64url')
  const derive = (label: string): Buffer => Buffer.from(hkdfSync('sha256', master, '', `levee:${label}`, 32))
  const sealKey = derive('node-secret')
  const ticketKey = derive('rejoin-ticket')
  const sessionKey = derive('operator-session')
  const grantKey = derive('offline-grant')
  const signGrant = createSigner({
    key: grantKey,
    algorithm: 'HS256',
    expiresIn: OFFLINE_GRANT_TTL_SEC * 1000,
  })
  const readGrant = createVerifier({
    key: grantKey,
    algorithms: ['HS256'],
    clockTolerance: OFFLINE_GRANT_PROOF_SEC * 1000,
  })
  const signTicket = createSigner({
    key: ticketKey,
    algorithm: 'HS256',
    expiresIn: REJOIN_TICKET_TTL_SEC * 1000,
  })
  const readTicket = createVerifier({ key: ticketKey, algorithms: ['HS256'] })
  const signSession = createSigner({
    key: sessionKey,
    algorithm: 'HS256',
    expiresIn: OPERATOR_SESSION_TTL_SEC * 1000,
  })
  const readSession = createVerifier({ key: sessionKey, algorithms: ['HS256'] })

  return {
    seal(nodeId, secret) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(nodeId))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return `v1.${Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')}`
    },
    unseal(nodeId, sealed) {
      if (!sealed.startsWith('v1.')) throw new Error('sealed secret has an unknown version')
      const bytes = Buffer.from(sealed.slice(3), 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(nodeId))
        .setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
    signTicket(ticket, apiSecret) {
      const text = signTicket(ticket)
      return `${text}~${sealOf(text, apiSecret)}`
    },
    signGrant,
    readGrant(text) {
      try {
        return readGrant(text) as OfflineGrant
      } catch {
        return null
      }
    },
    readTicket(text) {
      try {
        return readTicket(text.split('~', 1)[0] ?? '') as RejoinTicket
      } catch {
        return null
      }
    },
    signOperatorSession: () => signSession({ sub: 'operator' }),
    isOperatorSession(text) {
      try {
        readSession(text)
        return true
      } catch {
        return false
      }
    },
  }
}

/** SHA-256 in hex: what is stored of a secret that only ever has to be compared. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Compares without telling by its time how much was right. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(given).digest(),
    createHash('sha256').update(expected).digest(),
  )
}
