import { useEffect, useState } from 'react'
import { COPIED_SHOWN_MS } from '../tuning.ts'
import styles from './text.module.css'

/** Copies a text; `copied` is true for a moment afterwards, for the button to show it. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<void> } {
  const [copiedAtMs, setCopiedAtMs] = useState<number>()
  useEffect(() => {
    if (copiedAtMs === undefined) return undefined
    const timer = setTimeout(() => setCopiedAtMs(undefined), COPIED_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [copiedAtMs])
  const copy = async (text: string) => {
    if (await write(text)) setCopiedAtMs(performance.now())
  }
  return { copied: copiedAtMs !== undefined, copy }
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return writeWithSelection(text)
  }
}

/** On plain http, for example in a trial installation, browsers have no clipboard object. */
function writeWithSelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = styles.visuallyHidden ?? ''
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
