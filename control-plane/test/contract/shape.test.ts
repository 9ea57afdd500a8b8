// The compiler checks this: an expected error below that does not occur is itself an error.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { shaped } from '../../src/contract/shape.ts'

type Sample = { row: number; side: 'left' | 'right'; reserved?: boolean; near: { exits: string[] }[] }
const fields = {
  row: Type.Integer(),
  side: Type.Enum(['left', 'right']),
  reserved: Type.Optional(Type.Boolean()),
  near: Type.Array(Type.Object({ exits: Type.Array(Type.String()) })),
}

test('a schema compiles against the shape that it describes, and against no other', () => {
  const schema = Type.Object(fields)
  assert.equal(shaped<Sample>()(schema), schema)
  const { reserved: _, ...withoutOptional } = fields
  // @ts-expect-error -- an optional field is missing
  shaped<Sample>()(Type.Object(withoutOptional))
  // @ts-expect-error -- a field too many
  shaped<Sample>()(Type.Object({ ...fields, price: Type.Optional(Type.Number()) }))
  // @ts-expect-error -- optional in the shape, required in the schema
  shaped<Sample>()(Type.Object({ ...fields, reserved: Type.Boolean() }))
  // @ts-expect-error -- required in the shape, optional in the schema
  shaped<Sample>()(Type.Object({ ...fields, row: Type.Optional(Type.Integer()) }))
  // @ts-expect-error -- a word is missing
  shaped<Sample>()(Type.Object({ ...fields, side: Type.Enum(['left']) }))
  // @ts-expect-error -- a word too many
  shaped<Sample>()(Type.Object({ ...fields, side: Type.Enum(['left', 'right', 'middle']) }))
  const numbers = Type.Array(Type.Object({ exits: Type.Array(Type.Number()) }))
  // @ts-expect-error -- another type deep inside
  shaped<Sample>()(Type.Object({ ...fields, near: numbers }))
})
