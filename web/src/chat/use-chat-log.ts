import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { ChatMessage } from '../meeting/messages/chat-log.ts'
import type { Meeting } from '../meeting/meeting.ts'

export type Chat = {
  messages: readonly ChatMessage[]
  unread: number
  send: (text: string) => void
}

/** The chat of the meeting, and how many messages of others came while the panel was closed. */
export function useChatLog(meeting: Meeting, open: boolean): Chat {
  const messages = useSyncExternalStore(meeting.chat.subscribe, meeting.chat.messages)
  const [seen, setSeen] = useState(0)
  const fromOthers = messages.filter(({ from }) => !from.isLocal).length
  useEffect(() => {
    if (open) setSeen(fromOthers)
  }, [open, fromOthers])
  const unread = open ? 0 : fromOthers - seen
  return useMemo(
    () => ({ messages, unread, send: (text: string) => meeting.controls.sendChat(text) }),
    [meeting, messages, unread],
  )
}
