import { COST_PAUSED_KBIT, COST_SOUND_KBIT } from '../tuning.ts'

export const LEVELS = ['off', 'warm', 'sound'] as const

/** The standby level of a room. */
export type Standby = (typeof LEVELS)[number]

/** What can be seen of a standby on its node. */
export interface StandbyState {
  people: number
  /** Participants in the meeting's room on that node. */
  participants: number
  publishers: number
  /** Per participant. */
  inKbit: number
}

/** Why the standby is not at this level; undefined if it is. */
export function levelMismatch(
  level: Standby,
  { people, participants, publishers, inKbit }: StandbyState,
): string | undefined {
  const present = `${participants} of ${people} participants are on the standby’s node, ${publishers} publish there`
  if (level === 'off') return participants === 0 ? undefined : `off, but ${present}`
  if (participants !== people || publishers !== people) return `${level}, but ${present}`
  const sends = `each sends ${inKbit.toFixed(1)} kbit/s there`
  if (level === 'warm') return inKbit <= COST_PAUSED_KBIT ? undefined : `paused, but ${sends}`
  const { least, most } = COST_SOUND_KBIT
  return inKbit >= least && inKbit <= most ? undefined : `sound running, but ${sends}`
}
