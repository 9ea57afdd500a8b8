import { Type } from 'typebox'
import { PROBLEM_CODES } from '../protocol/problems/problem-table.ts'
import type * as problem from '../protocol/problems/problem-details.ts'
import { shaped } from './shape.ts'

export * from '../protocol/problems/problem-table.ts'

/** RFC 9457 problem details as every refusal and fault is answered (`application/problem+json`). */
export const Problem = shaped<problem.Problem>()(
  Type.Object(
    {
      type: Type.String({ description: 'URI reference of the problem type: /problems/{code}' }),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String(),
      code: Type.Enum(PROBLEM_CODES),
      requestId: Type.String(),
      retryAfterSec: Type.Optional(Type.Integer()),
      errors: Type.Optional(
        Type.Array(Type.Object({ field: Type.String(), message: Type.String() }), {
          description: 'The fields at fault. Values are never echoed.',
        }),
      ),
      needTracks: Type.Optional(
        Type.Number({ description: 'drain_does_not_fit: tracks of the rooms on this node.' }),
      ),
      challenge: Type.Optional(Type.String({ description: 'proof_of_work_required: what is to be hashed.' })),
      freeTracks: Type.Optional(
        Type.Number({ description: 'drain_does_not_fit: tracks that are free for them on other nodes.' }),
      ),
    },
    { title: 'Problem' },
  ),
)
export type Problem = problem.Problem
