import type { MessageDescriptor } from '@lingui/core'
import { useEffect } from 'react'
import { readChoices } from '../devices/saved-choices.ts'
import { text } from './messages.ts'

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

type Shortcut = { key: string; description: MessageDescriptor; action: keyof Actions }

/** What the keys do, and what the settings dialog says about them. */
export const SHORTCUTS: readonly Shortcut[] = [
  { key: 'm', description: text.keyMicrophone, action: 'toggleMicrophone' },
  { key: 'v', description: text.keyCamera, action: 'toggleCamera' },
  { key: 's', description: text.shareYourScreen, action: 'toggleShare' },
  { key: 'h', description: text.keyHand, action: 'toggleHand' },
  { key: 'c', description: text.keyChat, action: 'toggleChat' },
  { key: 'p', description: text.keyPeople, action: 'togglePeople' },
  { key: 'l', description: text.keyLayout, action: 'toggleLayout' },
]

export const keyOf = (action: keyof Actions) => SHORTCUTS.find((shortcut) => shortcut.action === action)?.key

export function useShortcuts(actions: Actions): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // People who dictate or have unsteady hands can turn single letters off.
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

/** The action of a key press; undefined for combinations of the browser and while someone is typing. */
export function actionOf(press: Key): keyof Actions | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing || press.repeat) return undefined
  if (isTyping(press.target)) return undefined
  const letter = press.key.toLowerCase()
  // Keyboards for other scripts lack these letters: there the position of the key counts.
  const key = /^[\u0020-\u024f]$/u.test(letter) ? letter : press.code.replace(/^Key/, '').toLowerCase()
  return SHORTCUTS.find((shortcut) => shortcut.key === key)?.action
}

/** In a text field or an open dialog, letters are not shortcuts. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target !== null &&
    'closest' in target &&
    (target as Element).closest('input, textarea, select, [contenteditable], dialog') !== null
  )
}
