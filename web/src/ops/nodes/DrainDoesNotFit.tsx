import { useEffect, useRef, type CSSProperties } from 'react'
import type { Refusal } from '../../api/client.ts'
import { useTranslate } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/elements/Button.tsx'
import { DialogActions } from '../../ui/elements/Dialog.tsx'
import { Notice } from '../../ui/elements/Notice.tsx'
import textStyles from '../../ui/text.module.css'
import { roomOnOthers } from './drain-refusal.ts'
import { text } from './messages.ts'
import styles from './drain.module.css'

type Props = {
  refusal: Refusal
  node: string
  pending: boolean
  onForce: () => void
  onCancel: () => void
}

/** The drain was refused and nothing has happened yet: shows what is missing and offers the choice. */
export function DrainDoesNotFit({ refusal, node, pending, onForce, onCancel }: Props) {
  const t = useTranslate()
  const cancel = useRef<HTMLButtonElement>(null)
  // A second Enter, meant for the first question, must not force the drain.
  useEffect(() => cancel.current?.focus(), [])
  const room = roomOnOthers(refusal)
  const most = room && Math.max(room.needTracks, room.freeTracks)
  return (
    <>
      <Notice tone="warn" heading={t(text.doesNotFit)} role="alert" data-problem={refusal.code}>
        {room && (
          <dl className={styles.comparison}>
            <Tracks label={t(text.needs(node))} tracks={room.needTracks} of={most} />
            <Tracks label={t(text.freeElsewhere)} tracks={room.freeTracks} of={most} />
          </dl>
        )}
        <p>{t(text.nothingMoved)}</p>
      </Notice>
      <p className={textStyles.hint}>{t(text.ifForced(node))}</p>
      <DialogActions>
        <Button ref={cancel} onClick={onCancel}>
          {t(text.cancel)}
        </Button>
        <Button look="danger" aria-disabled={pending} onClick={onForce}>
          {t(pending ? text.startingDrain : text.drainAnyway)}
        </Button>
      </DialogActions>
    </>
  )
}

function Tracks({ label, tracks, of = 0 }: { label: string; tracks: number; of: number | undefined }) {
  const t = useTranslate()
  return (
    <div style={{ '--share': of > 0 ? tracks / of : 0 } as CSSProperties}>
      <dt>{label}</dt>
      <dd>{t(text.tracks(tracks))}</dd>
    </div>
  )
}
