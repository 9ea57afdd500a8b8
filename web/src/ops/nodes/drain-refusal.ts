import type { Refusal } from '../../api/client.ts'

/** What the node's meetings need and what the other nodes have free, in tracks; undefined: the refusal does not say. */
export function roomOnOthers({
  errors = [],
}: Pick<Refusal, 'errors'>): { needTracks: number; freeTracks: number } | undefined {
  for (const { message } of errors) {
    const found = /carries (\d+) tracks; other nodes have room for (\d+)/.exec(message)
    if (found) return { needTracks: Number(found[1]), freeTracks: Number(found[2]) }
  }
  return undefined
}
