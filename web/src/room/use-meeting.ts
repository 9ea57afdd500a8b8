import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react'
import type { ShownRefusal } from '../ui/RefusalNotice.tsx'
import { comings, type Person } from './feeds.ts'
import type { Meeting, MeetingView } from './meeting.ts'
import type { Ref } from './slot.ts'

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

/** Sentences for a screen reader about who came and went, from the selector and not from events. */
export function useAnnouncements(people: readonly Person<Ref>[], connected: boolean): string {
  const before = useRef<readonly Person<Ref>[] | undefined>(undefined)
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (!connected) return
    if (before.current) {
      const { joined, left } = comings(before.current, people)
      const sentences = [
        ...joined.filter(({ isLocal }) => !isLocal).map(({ name }) => `${name} joined.`),
        ...left.filter(({ isLocal }) => !isLocal).map(({ name }) => `${name} left.`),
      ]
      if (sentences.length > 0) setSaid(sentences.join(' '))
    } else {
      // The page changed under the person: say so to whoever cannot see it.
      const others = people.filter(({ isLocal }) => !isLocal).length
      setSaid(
        `You are in the meeting. ${others === 0 ? 'Nobody else is here yet.' : `Others here: ${others}.`}`,
      )
    }
    before.current = people
  }, [people, connected])
  return said
}
