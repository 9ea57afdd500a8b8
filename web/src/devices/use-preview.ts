import { useEffect, useState, useSyncExternalStore } from 'react'
import { Preview, type PreviewView } from './preview.ts'

/**
 * One preview per page. It starts once the link is known to lead somewhere: a wrong link must not
 * switch a camera on. It lets go of the devices when the page goes, unless the meeting took them.
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
