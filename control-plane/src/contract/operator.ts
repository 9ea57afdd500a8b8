import { Type, type Static } from 'typebox'

export const SignIn = Type.Object(
  { key: Type.String({ minLength: 1, maxLength: 256 }) },
  { additionalProperties: false, title: 'SignIn' },
)
export type SignIn = Static<typeof SignIn>
