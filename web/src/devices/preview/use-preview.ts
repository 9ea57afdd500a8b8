import { useEffect, useState, useSyncExternalStore } from 'react'
import { Preview } from './preview.ts'
import type { PreviewView } from './preview-view.ts'

/**
 * One preview per page. It starts once the meeting is known to exist: a wrong link must not turn a camera on.
 * It releases the devices when the page is left, unless the meeting has taken them over.
 */
export function usePreview(ready: boolean): { preview: Preview; view: PreviewView } {
  const [preview] = useState(() => new Preview())
  const view = useSyncExternalStore(preview.subscribe, preview.view)
  useEffect(() => {
    if (ready) void preview.start()
  }, [preview, ready])
  useEffect(() => () => preview.stop(), [preview])
  return { preview, view }
}
