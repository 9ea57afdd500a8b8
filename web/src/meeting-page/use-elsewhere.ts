import { useEffect, useState } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import { distanceOf, elsewhereMessage } from '../sites/distance.ts'
import { ELSEWHERE_SHOWN_MS } from '../tuning.ts'

/** A message, shown for a moment, that the meeting does not run at the nearest site; the same text only once. */
export function useElsewhere({ connection, answer, measured }: MeetingView): string | undefined {
  const t = useTranslate()
  const message = elsewhereMessage(distanceOf(answer, measured))
  const elsewhere = message && t(message)
  const [dismissed, setDismissed] = useState<string>()
  const shown = connection === 'connected' && elsewhere !== undefined && elsewhere !== dismissed
  useEffect(() => {
    if (!shown) return undefined
    const timer = setTimeout(() => setDismissed(elsewhere), ELSEWHERE_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [shown, elsewhere])
  return shown ? elsewhere : undefined
}
