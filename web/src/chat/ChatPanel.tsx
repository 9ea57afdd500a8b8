import { ChatEntry, formatChatMessageLinks, type ReceivedChatMessage } from '@livekit/components-react'
import { memo, useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { Panel } from '../ui/Panel.tsx'
import type { Chat } from './use-chat-log.ts'

const MESSAGE_MAX = 2_000
/** Messages of one person within this time stand under one name. */
const SAME_BREATH_MS = 60_000

/** It writes its time out anew each time it is drawn, which is slow: what was said before stays as it is. */
const Line = memo(ChatEntry)

type Props = { chat: Pick<Chat, 'messages' | 'send'>; onClose: () => void }

export const ChatPanel = memo(function ChatPanel({ chat, onClose }: Props) {
  const log = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState('')
  const { messages } = chat
  const waiting = messages.filter(({ pending }) => pending).length
  const count = messages.length
  useEffect(() => field.current?.focus(), [])
  useEffect(() => {
    // In braces: newer browsers answer with a promise, which React would take for a clean-up.
    if (count > 0) log.current?.scrollTo({ top: log.current.scrollHeight })
  }, [count])

  const send = () => {
    const message = text.trim()
    if (!message) return
    setText('')
    chat.send(message)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    send()
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }

  return (
    <Panel title="Chat" onClose={onClose}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus, or a keyboard cannot scroll it */}
      <div ref={log} className="chat-log" role="log" aria-label="Messages" tabIndex={0}>
        <ul className="chat-list">
          {messages.map((message, index) => {
            const before = messages[index - 1]
            const goesOn =
              before?.from.identity === message.from.identity &&
              message.timestamp - (before?.timestamp ?? 0) < SAME_BREATH_MS
            return (
              <Line
                key={`${message.from.identity}/${message.id}`}
                // It reads name, identity and isLocal of a participant; ours outlive their connection.
                entry={message as unknown as ReceivedChatMessage}
                data-pending={message.pending}
                hideName={goesOn}
                hideTimestamp={goesOn}
                messageFormatter={formatChatMessageLinks}
              />
            )
          })}
        </ul>
      </div>
      {messages.length === 0 && (
        <p className="panel-empty">
          No messages yet. Everybody in the meeting can read what you write; people who come later cannot.
        </p>
      )}
      <form className="chat-form" onSubmit={submit}>
        {waiting > 0 && (
          <p className="field-error" role="status">
            {waiting === 1 ? 'Not delivered yet: it goes' : `${waiting} not delivered yet: they go`} out when
            the connection is back.
          </p>
        )}
        <label className="visually-hidden" htmlFor="chat-text">
          Message to everybody
        </label>
        <textarea
          ref={field}
          id="chat-text"
          rows={2}
          maxLength={MESSAGE_MAX}
          placeholder="Message to everybody"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
        />
        <button type="submit" className="button primary small" aria-disabled={text.trim() === ''}>
          Send
        </button>
      </form>
    </Panel>
  )
})
