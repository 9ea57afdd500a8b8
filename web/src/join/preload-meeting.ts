import { useCallback, useEffect, useRef, useState } from 'react'
import { loadCatalog } from '../i18n/catalogs.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { whenIdle } from './when-idle.ts'

const load = () => import('../meeting-page/MeetingPage.tsx')

/** The meeting before the click: its code has arrived, its page can be drawn out of sight. */
export type Prepared = { MeetingPage: Awaited<ReturnType<typeof load>>['MeetingPage']; meeting: Meeting }

/** Undefined when the parts of this page are gone: the service was updated under it. */
async function prepare(room: string): Promise<Prepared | undefined> {
  try {
    const [{ MeetingPage, newMeeting }] = await Promise.all([load(), loadCatalog('meeting')])
    return { MeetingPage, meeting: newMeeting(room) }
  } catch {
    return undefined
  }
}

/** Loads when the line is idle, or at once when asked. `renew`: for the next meeting, after one is over. */
export function usePrepared(room: string): {
  prepared: Prepared | undefined
  get: () => Promise<Prepared | undefined>
  renew: () => void
} {
  const [prepared, setPrepared] = useState<Prepared>()
  const coming = useRef<Promise<Prepared | undefined>>(undefined)
  const get = useCallback(() => {
    coming.current ??= prepare(room).then((ready) => {
      setPrepared(ready)
      return ready
    })
    return coming.current
  }, [room])
  const renew = useCallback(() => {
    coming.current = undefined
    void get()
  }, [get])
  useEffect(() => whenIdle(() => void get()), [get])
  return { prepared, get, renew }
}
