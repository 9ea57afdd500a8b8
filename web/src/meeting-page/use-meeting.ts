import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { newsOf, type Seen } from './announcements.ts'
import type { Meeting } from '../meeting/meeting.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'

/** The view of a meeting that is already on its way. Leaving the page leaves the meeting. */
export function useMeeting(meeting: Meeting, onRefused: (why: ShownRefusal) => void): MeetingView {
  const view = useSyncExternalStore(meeting.subscribe, meeting.view)
  const refused = useEffectEvent(onRefused)
  useEffect(() => {
    void meeting.begun().then((why) => {
      if (!why) return
      meeting.leave('lost')
      refused(why)
    })
    return () => meeting.leave()
  }, [meeting])
  return view
}

/** Sentences for a screen reader about who came, went and raised a hand: from the selector and not from events. */
export function useAnnouncements({ people, hands, connection }: MeetingView): string {
  const before = useRef<Seen | undefined>(undefined)
  const [said, setSaid] = useState('')
  const connected = connection === 'connected'
  useEffect(() => {
    if (!connected) return
    const news = newsOf(before.current, { people, hands })
    if (news) setSaid(news)
    before.current = { people, hands }
  }, [people, hands, connected])
  return said
}
