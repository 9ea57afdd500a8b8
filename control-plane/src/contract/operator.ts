import { Type, type Static } from 'typebox'
import { CHALLENGE_MAX_LENGTH } from '../protocol/limits.ts'

export const SignIn = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 256 }),
    proof: Type.Optional(
      Type.Object(
        {
          challenge: Type.String({ maxLength: CHALLENGE_MAX_LENGTH, description: 'Of the refusal.' }),
          nonce: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
        },
        {
          additionalProperties: false,
          description:
            'After proof_of_work_required: SHA-256 of `<challenge> <nonce> <key>` begins with 16 zero bits.',
        },
      ),
    ),
  },
  { additionalProperties: false, title: 'SignIn', examples: [{ key: 'the operator key' }] },
)
export type SignIn = Static<typeof SignIn>

export const AuditQuery = Type.Object(
  {
    before: Type.Optional(
      Type.String({ pattern: '^\\d{1,16}-\\d{1,10}$', description: '`next` of the page before.' }),
    ),
    limit: Type.Optional(
      Type.String({
        pattern: '^([1-9]|[1-9][0-9]|[1-4][0-9][0-9]|500)$',
        description: '1–500. Default 100.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const AuditPage = Type.Object(
  {
    entries: Type.Array(
      Type.Object({
        id: Type.String(),
        at: Type.String({ format: 'date-time' }),
        act: Type.String({ description: 'For example node.drain, room.end, operator.sign_in.' }),
        actor: Type.Enum(['operator', 'host']),
        who: Type.String({ description: 'Session or participant, shortened.' }),
        address: Type.String(),
        target: Type.String({ description: 'Node, site, tenant, or room id.' }),
        result: Type.String({ description: '`done`, or the code of the refusal.' }),
        details: Type.String({ description: 'What was asked for, as JSON, shortened.' }),
      }),
      { description: 'The newest first.' },
    ),
    next: Type.Union([Type.String(), Type.Null()], {
      description: '`before` of the next page; null: the end.',
    }),
  },
  { title: 'AuditPage' },
)
export type AuditPage = Static<typeof AuditPage>
