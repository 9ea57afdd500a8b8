import { memo, useMemo, useState } from 'react'
import { formatTime } from '../i18n/format.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { ChatMessage } from '../meeting/messages/chat-log.ts'
import type { Sender } from '../meeting/messages/senders.ts'
import { CHAT_SHOWN_LENGTH, CHAT_SHOWN_LINES } from '../tuning.ts'
import { HostChip } from '../ui/elements/HostChip.tsx'
import { NameTag } from '../ui/names/NameTag.tsx'
import styles from './chat.module.css'
import { cutPieces, findLinks, type Piece } from './links.ts'
import { text } from './messages.ts'

type Props = {
  message: ChatMessage
  /** Undefined: the node has not told us about this participant yet. */
  sender: Sender | undefined
  /** It follows a message of the same sender, so that the name and the time are not repeated. */
  continues: boolean
}

/** One message. Memoized, because a meeting changes many times a second and the chat does not. */
export const Message = memo(function Message({ message, sender, continues }: Props) {
  const t = useTranslate()
  const time = formatTime(message.timestamp)
  const name = sender?.name ?? t(text.someone)
  if (message.dropped === true) return <li className={styles.dropped}>{t(text.tooMany(name))}</li>
  return (
    <li className={styles.entry} data-own={message.from.isLocal} data-pending={message.pending}>
      {!continues && (
        <span className={styles.meta}>
          <strong className={styles.name} title={name}>
            {name}
          </strong>
          {sender?.tag !== undefined && <NameTag tag={sender.tag} />}
          {sender?.isHost === true && <HostChip small />}
          <span className={styles.time}>{time}</span>
        </span>
      )}
      <Body message={message.message} time={time} />
    </li>
  )
})

function Body({ message, time }: { message: string; time: string }) {
  const t = useTranslate()
  const [whole, setWhole] = useState(false)
  const pieces = useMemo(() => findLinks(message), [message])
  const cut = useMemo(() => cutPieces(pieces, CHAT_SHOWN_LENGTH, CHAT_SHOWN_LINES), [pieces])
  return (
    <div className={styles.body} title={time} dir="auto">
      {(cut && !whole ? cut : pieces).map((piece, index) => (
        <Part key={index} piece={piece} />
      ))}
      {cut && (
        <>
          {!whole && '…'}
          <button type="button" className={styles.more} onClick={() => setWhole(!whole)}>
            {t(whole ? text.showLess : text.showMore)}
          </button>
        </>
      )}
    </div>
  )
}

function Part({ piece }: { piece: Piece }) {
  if (typeof piece === 'string') return piece
  return (
    <a className={styles.link} href={piece.href} target="_blank" rel="noopener noreferrer" dir="ltr">
      {piece.shown}
    </a>
  )
}
