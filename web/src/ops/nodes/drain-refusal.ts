import type { Refusal } from '../../api/client.ts'

/** What the node's meetings need and what the other nodes have free, in tracks; undefined: the refusal has no numbers. */
export function roomOnOthers({
  numbers,
}: Pick<Refusal, 'numbers'>): { needTracks: number; freeTracks: number } | undefined {
  const { needTracks, freeTracks } = numbers ?? {}
  return needTracks === undefined || freeTracks === undefined ? undefined : { needTracks, freeTracks }
}
