import type { Kind } from './kinds.ts'

/**
 * Why a microphone or camera is not available.
 * dismissed: the prompt was closed; denied: refused in the browser; blocked: refused by the operating
 * system; busy: another program uses it; missing: none is plugged in; unplugged: it was removed;
 * insecure: the page is not on https, so browsers offer no devices at all.
 */
export type DeviceError =
  | 'dismissed'
  | 'denied'
  | 'blocked'
  | 'busy'
  | 'missing'
  | 'unplugged'
  | 'insecure'
  | 'failed'

/** Reads the error of `getUserMedia` for these devices. */
export async function deviceErrorOf(error: unknown, kinds: readonly Kind[]): Promise<DeviceError> {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' }
  if (name === 'NotAllowedError') {
    if (/system/i.test(message)) return 'blocked'
    if (/dismissed/i.test(message)) return 'dismissed'
    return (await anyDenied(kinds)) ? 'denied' : 'dismissed'
  }
  return deviceErrorOfName(name)
}

/** The same for an error whose name is enough; older browsers use other names. */
export function deviceErrorOfName(name: string): DeviceError {
  switch (name) {
    case 'NotFoundError':
    case 'OverconstrainedError':
    case 'DevicesNotFoundError':
      return 'missing'
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy'
    case 'SecurityError':
    case 'TypeError':
      return 'insecure'
    default:
      return 'failed'
  }
}

/** Browsers without this query (older Firefox) refuse for good more often than not, so they count as denied. */
async function anyDenied(kinds: readonly Kind[]): Promise<boolean> {
  try {
    const states = await Promise.all(kinds.map((name) => navigator.permissions.query({ name })))
    return states.some(({ state }) => state === 'denied')
  } catch {
    return true
  }
}
