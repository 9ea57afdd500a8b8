import { Ajv } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'

/** Bodies are checked, never changed. */
const STRICT = { removeAdditional: false, coerceTypes: false } as const

/** All faults of a small body at once, so that a form can be corrected in one go. */
export const ALL_FAULTS = { ...STRICT, allErrors: true } as const

const ajv = new Ajv({ ...STRICT, strict: false, allErrors: false })

/** Stops at the first fault: naming each of 900,000 wrong rooms would block a replica for seconds. For large bodies. */
export const validateToFirstFault: FastifySchemaCompiler<TSchema> = ({ schema }) => ajv.compile(schema)
