import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { ChatMessage } from '../meeting/messages/chat-log.ts'
import type { Sender } from '../meeting/messages/senders.ts'
import type { Meeting } from '../meeting/meeting.ts'

export type Chat = {
  messages: readonly ChatMessage[]
  unread: number
  /** By identity. */
  senders: ReadonlyMap<string, Sender>
  send: (text: string) => void
}

/** The chat of the meeting, and how many messages of others came while the panel was closed. */
export function useChatLog(meeting: Meeting, open: boolean): Chat {
  const messages = useSyncExternalStore(meeting.chat.subscribe, meeting.chat.messages)
  const [seen, setSeen] = useState(0)
  const fromOthers = useSyncExternalStore(meeting.chat.subscribe, meeting.chat.received)
  const { senders } = meeting.view()
  useEffect(() => {
    if (open) setSeen(fromOthers)
  }, [open, fromOthers])
  const unread = open ? 0 : fromOthers - seen
  return useMemo(
    () => ({ messages, unread, senders, send: (text: string) => meeting.controls.sendChat(text) }),
    [meeting, messages, unread, senders],
  )
}
