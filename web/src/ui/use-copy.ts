import { useEffect, useState } from 'react'

const SHOWN_MS = 2_500

/** Copies a text; `copied` is true for a moment afterwards, so that a button can say so. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<void> } {
  const [copiedAtMs, setCopiedAtMs] = useState<number>()
  useEffect(() => {
    if (copiedAtMs === undefined) return undefined
    const timer = setTimeout(() => setCopiedAtMs(undefined), SHOWN_MS)
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
    return writeOldWay(text)
  }
}

/** On plain http, as in a trial on a bare address, browsers offer no clipboard object. */
function writeOldWay(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'visually-hidden'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
