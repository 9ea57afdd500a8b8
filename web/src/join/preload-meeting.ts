import { useCallback, useEffect, useRef, useState } from 'react'
import { loadCatalog } from '../i18n/catalogs.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { whenIdle } from '../ui/when-idle.ts'

const load = () => import('../meeting-page/MeetingPage.tsx')

/** A meeting before the click on Join: its code and texts have loaded, and its page can be rendered hidden. */
type PreloadedMeeting = { MeetingPage: Awaited<ReturnType<typeof load>>['MeetingPage']; meeting: Meeting }

/** Undefined if the service is unreachable, or if it was updated and the files of this page are gone. */
async function preload(room: string): Promise<PreloadedMeeting | undefined> {
  try {
    const [{ MeetingPage, newMeeting }] = await Promise.all([load(), loadCatalog('meeting')])
    return { MeetingPage, meeting: newMeeting(room) }
  } catch {
    return undefined
  }
}

/**
 * Loads the meeting when the page is idle, or as soon as `get` is called. `renew` prepares the next meeting after
 * one is over.
 */
export function usePreloadedMeeting(room: string): {
  preloaded: PreloadedMeeting | undefined
  get: () => Promise<PreloadedMeeting | undefined>
  renew: () => void
} {
  const [preloaded, setPreloaded] = useState<PreloadedMeeting>()
  const pending = useRef<Promise<PreloadedMeeting | undefined>>(undefined)
  const get = useCallback(() => {
    pending.current ??= preload(room).then((meeting) => {
      setPreloaded(meeting)
      // The service may be back when it is needed.
      if (!meeting) pending.current = undefined
      return meeting
    })
    return pending.current
  }, [room])
  const renew = useCallback(() => {
    pending.current = undefined
    void get()
  }, [get])
  useEffect(() => whenIdle(() => void get()), [get])
  return { preloaded, get, renew }
}
