/**
 * Why a microphone or camera is not there.
 * dismissed: the prompt was closed; denied: refused in the browser; blocked: refused by the operating
 * system; busy: another program holds it; missing: none is plugged in; unplugged: it went away;
 * insecure: the page is not on https, so browsers offer no devices at all.
 */
export type DeviceFault =
  | 'dismissed'
  | 'denied'
  | 'blocked'
  | 'busy'
  | 'missing'
  | 'unplugged'
  | 'insecure'
  | 'failed'

type Kind = 'microphone' | 'camera'

export async function faultOf(error: unknown, kinds: readonly Kind[]): Promise<DeviceFault> {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' }
  if (name === 'NotAllowedError') {
    if (/system/i.test(message)) return 'blocked'
    if (/dismissed/i.test(message)) return 'dismissed'
    return (await anyDenied(kinds)) ? 'denied' : 'dismissed'
  }
  return faultOfName(name)
}

export function faultOfName(name: string): DeviceFault {
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

/** Browsers that cannot be asked (older Firefox) refuse for good more often than not: take it as denied. */
async function anyDenied(kinds: readonly Kind[]): Promise<boolean> {
  try {
    const states = await Promise.all(kinds.map((name) => navigator.permissions.query({ name })))
    return states.some(({ state }) => state === 'denied')
  } catch {
    return true
  }
}
