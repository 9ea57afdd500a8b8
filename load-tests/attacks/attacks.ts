// All attacks, in the order in which they are run.
import type { Attack } from './attack.ts'
import { bodies } from './attempts/bodies.ts'
import { keys } from './attempts/keys.ts'
import { nodes } from './attempts/nodes.ts'

export const ATTACKS: readonly Attack[] = [...keys, ...nodes, ...bodies]
