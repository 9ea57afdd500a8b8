import type { CreateRoom, JoinRoom, RejoinRoom } from '@levee/control-plane/contract'
import type { FieldFault, Refusal } from './problems.ts'

/** What stands in a body, held against the contract as the control plane does. Values are never echoed. */
export type Read<T> = { value: T } | Refusal

type Check = (value: unknown) => string | undefined
type Fields = Record<string, { check: Check; required?: boolean }>

const text =
  (min: number, max: number, pattern?: RegExp): Check =>
  (value) => {
    if (typeof value !== 'string') return 'must be string'
    // Letters as people count them, not halves of an emoji.
    const { length } = Array.from(value)
    if (length < min) return `must not have fewer than ${min} characters`
    if (length > max) return `must not have more than ${max} characters`
    return pattern && !pattern.test(value) ? `must match pattern "${pattern.source}"` : undefined
  }

const whole =
  (min: number, max: number): Check =>
  (value) => {
    if (!Number.isSafeInteger(value)) return 'must be integer'
    if ((value as number) < min) return `must be >= ${min}`
    return (value as number) > max ? `must be <= ${max}` : undefined
  }

const moment: Check = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value))
    ? undefined
    : 'must match format "date-time"'

const level: Check = (value) =>
  ['off', 'warm', 'sound'].some((one) => one === value)
    ? undefined
    : 'must be equal to one of the allowed values'

const SITE = text(1, 40, /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/)

export const readCreate = (body: Buffer): Read<CreateRoom> =>
  read<CreateRoom>(body, {
    title: { check: text(0, 120) },
    expectedParticipants: { check: whole(2, 1_000) },
    site: { check: SITE },
    tenant: { check: text(1, 64, /^[A-Za-z0-9._-]{1,64}$/) },
    standby: { check: level },
    startsAt: { check: moment },
    expiresInSec: { check: whole(1, 31_536_000) },
  })

export const readJoin = (body: Buffer): Read<JoinRoom> =>
  read<JoinRoom>(body, {
    name: { check: text(1, 64), required: true },
    hostKey: { check: text(1, 64) },
    site: { check: SITE },
  })

export const readRejoin = (body: Buffer): Read<RejoinRoom> =>
  read<RejoinRoom>(body, {
    ticket: { check: text(1, 2_048), required: true },
    lost: { check: whole(1, Number.MAX_SAFE_INTEGER) },
  })

function read<T>(body: Buffer, fields: Fields): Read<T> {
  let given: unknown
  try {
    given = JSON.parse(body.toString())
  } catch {
    return { refused: 'malformed_request' }
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { refused: 'invalid_request', errors: [{ field: '/', message: 'must be object' }] }
  const faults: FieldFault[] = []
  const known = given as Record<string, unknown>
  for (const [name, value] of Object.entries(known)) {
    // Own fields only: `constructor` is nobody's field here.
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    const message = field ? field.check(value) : 'must NOT have additional properties'
    if (message !== undefined) faults.push({ field: `/${name.slice(0, 40)}`, message })
  }
  for (const [name, { required }] of Object.entries(fields))
    if (required && !Object.hasOwn(known, name))
      faults.push({ field: `/${name}`, message: 'must have required property' })
  return faults.length > 0
    ? { refused: 'invalid_request', errors: faults.slice(0, 20) }
    : { value: given as T }
}
