/** People expect to see themselves as in a mirror; what the back of a phone sees must stay readable. */
export const isMirrored = (camera: MediaStreamTrack): boolean =>
  camera.getSettings().facingMode !== 'environment'
