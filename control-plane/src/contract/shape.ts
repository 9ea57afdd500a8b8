import type { Static, TSchema } from 'typebox'

/** Every property with whether it is optional, all the way down: two types are the same if these fit each other. */
type Exact<T> = T extends readonly (infer Item)[]
  ? Exact<Item>[]
  : T extends object
    ? { [K in keyof T]-?: [Partial<Pick<T, K>> extends Pick<T, K> ? 'optional' : 'required', Exact<T[K]>] }
    : T

type Same<A, B> = [Exact<A>, Exact<B>] extends [Exact<B>, Exact<A>] ? true : false

/** What the compiler shows where schema and shape differ. */
type Differs<Schema, Shape> = { 'the schema differs from its shape': { schema: Schema; shape: Shape } }

/**
 * A schema that describes exactly `Shape`, or a type error: the same fields, the same optional ones, the same words.
 * The shape is in protocol/shapes, where domain and use cases may read it; limits and descriptions are here.
 */
export const shaped =
  <Shape>() =>
  <Schema extends TSchema>(
    schema: Schema & (Same<Static<Schema>, Shape> extends true ? unknown : Differs<Static<Schema>, Shape>),
  ): Schema =>
    schema
