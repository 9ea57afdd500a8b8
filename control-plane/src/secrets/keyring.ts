/** All secrets that the control plane creates or keeps, derived from one master key (HKDF-SHA-256, one label per use). */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import {
  NODE_SEAL_LENGTH,
  OFFLINE_GRANT_PROOF_SEC,
  OFFLINE_GRANT_TTL_SEC,
  REJOIN_TICKET_TTL_SEC,
} from '../protocol/limits.ts'
import { sealOf, type OfflineGrant, type RejoinTicket } from '../protocol/tickets.ts'
import { CHALLENGE_TTL_SEC, SESSION_LIFE_MS } from '../tuning/secrets.ts'

export type Keyring = {
  /** AES-256-GCM, bound to the node's id: a sealed secret copied to another node does not open. */
  seal(nodeId: string, secret: string): string
  /** Throws if the text was not sealed for this node with this master key. */
  unseal(nodeId: string, sealed: string): string
  /** Seals of nodes' credentials: any replica recognises them without the store. */
  nodeSeals: {
    sign(node: string, secret: string): string
    isRight(node: string, secret: string, seal: string): boolean
  }
  tickets: {
    /** Adds a seal by the secret of the node, by which its agent recognises participants while it is offline. */
    sign(ticket: RejoinTicket, apiSecret: string): string
    /** null for anything foreign, changed or expired. */
    read(text: string): RejoinTicket | null
  }
  grants: {
    /** The agent keeps it and presents it afterwards. */
    sign(grant: OfflineGrant): string
    /** null for anything foreign, changed or expired for longer than OFFLINE_GRANT_PROOF_SEC. */
    read(text: string): OfflineGrant | null
  }
  /** What is stored of a key to notice that it was changed. */
  idOf(key: string): string
  /** Challenges for a proof of work, valid for CHALLENGE_TTL_SEC. */
  challenges: {
    sign(): string
    isValid(challenge: string): boolean
  }
  operatorSessions: {
    /** Signs the id of a session for its cookie. */
    sign(id: string): string
    /** The id; null for anything foreign, changed or older than SESSION_LIFE_MS. */
    read(cookie: string): string | null
  }
}

const SEALED = 'v1.'

export function createKeyring(masterKey: string): Keyring {
  const master = Buffer.from(masterKey, 'base64url')
  const derive = (label: string): Buffer => Buffer.from(hkdfSync('sha256', master, '', `levee:${label}`, 32))
  const sealKey = derive('node-secret')
  const nodeSealKey = derive('node-credential')
  const nodeSeal = (node: string, secret: string) =>
    createHmac('sha256', nodeSealKey)
      .update(`${node} ${secret}`)
      .digest('base64url')
      .slice(0, NODE_SEAL_LENGTH)
  const challenges = signedTexts<{ jti: string }>(derive('challenge'), { ttlSec: CHALLENGE_TTL_SEC })
  const keyIdKey = derive('key-id')
  const tickets = signedTexts<RejoinTicket>(derive('rejoin-ticket'), { ttlSec: REJOIN_TICKET_TTL_SEC })
  const grants = signedTexts<OfflineGrant>(derive('offline-grant'), {
    ttlSec: OFFLINE_GRANT_TTL_SEC,
    readableForSec: OFFLINE_GRANT_PROOF_SEC,
  })
  const sessions = signedTexts<{ sub: string }>(derive('operator-session'), {
    ttlSec: SESSION_LIFE_MS / 1000,
  })

  return {
    seal(nodeId, secret) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(nodeId))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return SEALED + Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')
    },
    unseal(nodeId, sealed) {
      if (!sealed.startsWith(SEALED)) throw new Error('sealed secret has an unknown version')
      const bytes = Buffer.from(sealed.slice(SEALED.length), 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(nodeId))
        .setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
    nodeSeals: {
      sign: nodeSeal,
      isRight: (node, secret, seal) => sameSecret(seal, nodeSeal(node, secret)),
    },
    tickets: {
      sign(ticket, apiSecret) {
        const text = tickets.sign(ticket)
        return `${text}~${sealOf(text, apiSecret)}`
      },
      read: (text) => tickets.read(text.split('~', 1)[0] ?? ''),
    },
    grants,
    idOf: (key) => createHmac('sha256', keyIdKey).update(key).digest('base64url'),
    challenges: {
      sign: () => challenges.sign({ jti: randomBytes(12).toString('base64url') }),
      isValid: (challenge) => challenges.read(challenge) !== null,
    },
    operatorSessions: {
      sign: (sub) => sessions.sign({ sub }),
      read: (cookie) => sessions.read(cookie)?.sub ?? null,
    },
  }
}

/** JWTs under one key. `readableForSec`: how long after its end a text is still read. */
function signedTexts<Claims extends object>(
  key: Buffer,
  { ttlSec, readableForSec = 0 }: { ttlSec: number; readableForSec?: number },
) {
  const verify = createVerifier({ key, algorithms: ['HS256'], clockTolerance: readableForSec * 1000 })
  return {
    sign: createSigner<Claims>({ key, algorithm: 'HS256', expiresIn: ttlSec * 1000 }),
    read(text: string): Claims | null {
      try {
        return verify(text) as Claims
      } catch {
        return null
      }
    },
  }
}

/** Compares in constant time. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', expected, 'buffer'))
}
