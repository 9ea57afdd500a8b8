/** The product publishes one track of each source; a second one may exist for a moment when a device is replaced. */
export const TRACKS_PER_SOURCE_MAX = 2
