/** People expect to see themselves as in a mirror; the picture of a phone's rear camera must stay readable. */
export const isMirrored = (camera: MediaStreamTrack): boolean =>
  camera.getSettings().facingMode !== 'environment'
