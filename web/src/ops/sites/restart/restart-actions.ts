import type { SiteView } from '@levee/control-plane/contract'

type Restart = NonNullable<SiteView['restart']>

/** Not offered when LiveKit has to be restarted by hand: the restart then continues by itself. */
export const canContinue = ({ state, reason }: Restart): boolean => state === 'stuck' && reason !== 'by_hand'

/** A restart that is already stopping can be stopped again only if it got stuck on the way. */
export const canStop = ({ state, stopping }: Restart): boolean =>
  state === 'stuck' || (state !== 'done' && !stopping)
