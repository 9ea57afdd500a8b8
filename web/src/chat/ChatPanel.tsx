import { memo, useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import { CHAT_GROUP_MS, CHAT_MESSAGE_MAX } from '../tuning.ts'
import { Button } from '../ui/elements/Button.tsx'
import fieldStyles from '../ui/elements/field.module.css'
import { Panel, PanelEmpty } from '../ui/Panel.tsx'
import textStyles from '../ui/text.module.css'
import styles from './chat.module.css'
import { Message } from './Message.tsx'
import { text } from './messages.ts'
import type { Chat } from './use-chat-log.ts'

type Props = { chat: Pick<Chat, 'messages' | 'senders' | 'send'>; onClose: () => void }

export const ChatPanel = memo(function ChatPanel({ chat, onClose }: Props) {
  const t = useTranslate()
  const log = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const [draft, setDraft] = useState('')
  const { messages, senders } = chat
  const pendingCount = messages.filter(({ pending }) => pending).length
  const count = messages.length
  useEffect(() => field.current?.focus(), [])
  useEffect(() => {
    // In braces, because newer browsers return a promise, which React would take for a clean-up function.
    if (count > 0) log.current?.scrollTo({ top: log.current.scrollHeight })
  }, [count])

  const send = () => {
    const message = draft.trim()
    if (!message) return
    setDraft('')
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
    <Panel title={t(text.chat)} closeLabel={t(text.close)} onClose={onClose}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus, or a keyboard cannot scroll it */}
      <div ref={log} className={styles.log} role="log" aria-label={t(text.messages)} tabIndex={0}>
        <ul className={styles.list}>
          {messages.map((message, index) => {
            const before = messages[index - 1]
            const continues =
              before?.from.identity === message.from.identity &&
              before.dropped !== true &&
              message.timestamp - (before?.timestamp ?? 0) < CHAT_GROUP_MS
            return (
              <Message
                key={`${message.from.identity}/${message.id}`}
                message={message}
                sender={senders.get(message.from.identity)}
                continues={continues}
              />
            )
          })}
        </ul>
      </div>
      {count === 0 && <PanelEmpty>{t(text.empty)}</PanelEmpty>}
      <form className={styles.form} onSubmit={submit}>
        {pendingCount > 0 && (
          <p className={fieldStyles.error} role="status">
            {t(text.notDelivered(pendingCount))}
          </p>
        )}
        <label className={textStyles.visuallyHidden} htmlFor="chat-text">
          {t(text.message)}
        </label>
        <textarea
          ref={field}
          id="chat-text"
          rows={2}
          maxLength={CHAT_MESSAGE_MAX}
          placeholder={t(text.message)}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKey}
        />
        <Button type="submit" look="primary" size="small" aria-disabled={draft.trim() === ''}>
          {t(text.send)}
        </Button>
      </form>
    </Panel>
  )
})
