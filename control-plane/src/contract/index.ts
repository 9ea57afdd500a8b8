/** The wire schemas and their types, by noun. */
export * from './fleet.ts'
export * from './node-reports.ts'
export * from './nodes.ts'
export * from './operator.ts'
export * from './problems.ts'
export * from './rooms.ts'
export * from './sites.ts'
