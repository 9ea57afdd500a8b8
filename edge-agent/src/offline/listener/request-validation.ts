import { CreateRoom, JoinRoom, RejoinRoom } from '@levee/control-plane/contract'
import { fieldFaults } from '@levee/control-plane/protocol/problems/field-faults'
import type { FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Refusal } from '../refusals.ts'

/** The body of a request as the contract defines it, or the refusal that the control plane would answer. */
export type Body<T> = { value: T } | Refusal

export const rawBody = (request: FastifyRequest): Buffer | undefined =>
  Buffer.isBuffer(request.body) ? request.body : undefined

export const readCreate = (request: FastifyRequest) => readBody(request, CreateRoom)
export const readJoin = (request: FastifyRequest) => readBody(request, JoinRoom)
export const readRejoin = (request: FastifyRequest) => readBody(request, RejoinRoom)

/** Validates with the contract's schema and Fastify's validator, as the control plane does: same messages. */
function readBody<S extends TSchema>(request: FastifyRequest, schema: S): Body<Static<S>> {
  let value: unknown
  try {
    value = JSON.parse(rawBody(request)?.toString() ?? '')
  } catch {
    return { refused: 'malformed_request' }
  }
  const validate = request.compileValidationSchema(schema, 'body')
  if (validate(value)) return { value: value as Static<S> }
  return { refused: 'invalid_request', errors: fieldFaults(validate.errors ?? []) }
}
