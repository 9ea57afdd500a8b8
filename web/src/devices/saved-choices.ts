/** What a person chose last time, on this browser only. */
export type Choices = {
  name: string
  microphoneOn: boolean
  cameraOn: boolean
  microphoneId: string
  cameraId: string
  speakerId: string
  /** Single letters act as shortcuts in a meeting. */
  keysOn: boolean
}

const KEY = 'levee.choices'
const DEFAULTS: Choices = {
  name: '',
  microphoneOn: true,
  cameraOn: true,
  microphoneId: '',
  cameraId: '',
  speakerId: '',
  keysOn: true,
}

export function readChoices(): Choices {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return { ...DEFAULTS, ...pickKnown(stored) }
  } catch {
    // Storage may be forbidden (private window, policy) or contain the choices of another version.
    return DEFAULTS
  }
}

export function rememberChoices(change: Partial<Choices>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readChoices(), ...change }))
  } catch {
    // Storage is full or forbidden: the choice applies to this page only.
  }
}

function pickKnown(stored: unknown): Partial<Choices> {
  if (typeof stored !== 'object' || stored === null) return {}
  return Object.fromEntries(
    Object.entries(stored).filter(
      ([name, value]) => name in DEFAULTS && typeof value === typeof DEFAULTS[name as keyof Choices],
    ),
  )
}
