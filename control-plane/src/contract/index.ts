/** What crosses a wire. Other rooms use `import type` from here. */
export * from './fleet.ts'
export * from './nodes.ts'
export * from './operator.ts'
export * from './problems.ts'
export * from './rooms.ts'
export * from './sites.ts'
