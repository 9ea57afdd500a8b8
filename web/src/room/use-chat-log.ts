import { useChat, type ReceivedChatMessage } from '@livekit/components-react'
import { useEffect, useState } from 'react'

export type ChatLog = {
  messages: readonly ReceivedChatMessage[]
  unread: number
  send: (text: string) => Promise<boolean>
}

/**
 * LiveKit's chat belongs to one connection; this log belongs to the meeting. It keeps what was said
 * before a move, and counts what came while the panel was closed.
 */
export function useChatLog(open: boolean): ChatLog {
  const { chatMessages, send } = useChat()
  const [log, setLog] = useState<ReadonlyMap<string, ReceivedChatMessage>>(new Map())
  const [seen, setSeen] = useState(0)
  useEffect(() => {
    if (chatMessages.length === 0) return
    setLog((now) => new Map([...now, ...chatMessages.map((message) => [message.id, message] as const)]))
  }, [chatMessages])
  const messages = [...log.values()]
  const fromOthers = messages.filter(({ from }) => !from?.isLocal).length
  useEffect(() => {
    if (open) setSeen(fromOthers)
  }, [open, fromOthers])
  return {
    messages,
    unread: open ? 0 : fromOthers - seen,
    send: async (text) => {
      try {
        if (!send) return false
        await send(text)
        return true
      } catch {
        return false
      }
    },
  }
}
