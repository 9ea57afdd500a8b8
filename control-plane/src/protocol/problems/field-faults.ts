import { PROBLEM_ERRORS_MAX } from '../limits.ts'
import type { FieldFault } from './refusal.ts'

/** An error of Fastify's validator, as far as it is read here. */
type ValidationError = { instancePath?: string; message?: string; params?: Record<string, unknown> }

/** Validation errors as the fields of a problem, worded alike by the control plane and by agents. */
export const fieldFaults = (errors: readonly ValidationError[]): FieldFault[] =>
  errors.slice(0, PROBLEM_ERRORS_MAX).map(({ instancePath, message, params }) => ({
    field: instancePath || pointer(params) || '/',
    message: message ?? 'is not valid',
  }))

function pointer(params: Record<string, unknown> | undefined): string | undefined {
  const name = params?.['missingProperty'] ?? params?.['additionalProperty']
  return typeof name === 'string' ? `/${name}` : undefined
}
