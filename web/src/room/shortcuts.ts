import { useEffect } from 'react'

export type Actions = {
  toggleMicrophone: () => void
  toggleCamera: () => void
  toggleShare: () => void
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
  { key: 'c', words: 'Open or close the chat', action: 'toggleChat' },
  { key: 'p', words: 'Open or close the list of people', action: 'togglePeople' },
  { key: 'l', words: 'Change the layout', action: 'toggleLayout' },
]

export const keyOf = (action: keyof Actions) => SHORTCUTS.find((shortcut) => shortcut.action === action)?.key

export function useShortcuts(actions: Actions): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return
      const shortcut = SHORTCUTS.find(({ key }) => key === event.key.toLowerCase())
      if (!shortcut) return
      event.preventDefault()
      actions[shortcut.action]()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [actions])
}

/** Letters belong to whoever is writing, and to an open dialog. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], dialog') !== null
  )
}
