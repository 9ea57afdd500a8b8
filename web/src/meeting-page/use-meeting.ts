import type { MessageDescriptor } from '@lingui/core'
import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react'
import type { ShownProblem } from '../api/shown-problem.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { announcementsOf, type Seen } from './announcements.ts'

/** The view of a meeting that has begun. Leaving the page leaves the meeting. */
export function useMeeting(meeting: Meeting, onRefused: (problem: ShownProblem) => void): MeetingView {
  const view = useSyncExternalStore(meeting.subscribe, meeting.view)
  const refused = useEffectEvent(onRefused)
  useEffect(() => {
    void meeting.begun().then((problem) => {
      if (!problem) return
      meeting.leave('lost')
      refused(problem)
    })
    return () => meeting.leave()
  }, [meeting])
  return view
}

/** Sentences for a screen reader about who came, left and raised a hand, computed from the view and not from events. */
export function useAnnouncements({ people, hands, connection }: MeetingView): readonly MessageDescriptor[] {
  const before = useRef<Seen | undefined>(undefined)
  const [latest, setLatest] = useState<readonly MessageDescriptor[]>([])
  const connected = connection === 'connected'
  useEffect(() => {
    if (!connected) return
    const news = announcementsOf(before.current, { people, hands })
    if (news.length > 0) setLatest(news)
    before.current = { people, hands }
  }, [people, hands, connected])
  return latest
}
