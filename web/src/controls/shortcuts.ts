import { useEffect } from 'react'
import { readChoices } from '../devices/saved-choices.ts'

export type Actions = {
  toggleMicrophone: () => void
  toggleCamera: () => void
  toggleShare: () => void
  toggleHand: () => void
  toggleChat: () => void
  togglePeople: () => void
  toggleLayout: () => void
  openSettings: () => void
  askToLeave: () => void
}

/** One table: what the keys do, and what the settings dialog says that they do. */
export const SHORTCUTS: readonly { key: string; words: string; action: keyof Actions }[] = [
  { key: 'm', words: 'Microphone on or off', action: 'toggleMicrophone' },
  { key: 'v', words: 'Camera on or off', action: 'toggleCamera' },
  { key: 's', words: 'Share your screen', action: 'toggleShare' },
  { key: 'h', words: 'Raise or lower your hand', action: 'toggleHand' },
  { key: 'c', words: 'Open or close the chat', action: 'toggleChat' },
  { key: 'p', words: 'Open or close the list of people', action: 'togglePeople' },
  { key: 'l', words: 'Change the layout', action: 'toggleLayout' },
]

export const keyOf = (action: keyof Actions) => SHORTCUTS.find((shortcut) => shortcut.action === action)?.key

export function useShortcuts(actions: Actions): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // Whoever speaks to the computer, or has no steady hand, switches single letters off.
      const action = readChoices().keysOn ? actionOf(event) : undefined
      if (!action) return
      event.preventDefault()
      actions[action]()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [actions])
}

type Key = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'repeat' | 'target'
>

/** What a key press asks for, or nothing: browsers' own combinations and people who write are left alone. */
export function actionOf(press: Key): keyof Actions | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing || press.repeat) return undefined
  if (isTyping(press.target)) return undefined
  const letter = press.key.toLowerCase()
  // A keyboard of another script has no such letters; there the place of the key counts.
  const key = /^[\u0020-\u024f]$/u.test(letter) ? letter : press.code.replace(/^Key/, '').toLowerCase()
  return SHORTCUTS.find((shortcut) => shortcut.key === key)?.action
}

/** Letters belong to whoever is writing, and to an open dialog. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target !== null &&
    'closest' in target &&
    (target as Element).closest('input, textarea, select, [contenteditable], dialog') !== null
  )
}
