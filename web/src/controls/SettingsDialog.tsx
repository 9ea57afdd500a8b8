import { useEffect, useState, type RefObject } from 'react'
import { readChoices, rememberChoices } from '../devices/saved-choices.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { connectionMessages, distanceOf } from '../sites/distance.ts'
import { Button } from '../ui/elements/Button.tsx'
import { Dialog, DialogActions } from '../ui/elements/Dialog.tsx'
import { Check } from '../ui/elements/Field.tsx'
import { DeviceSettings } from './DeviceSettings.tsx'
import { text } from './messages.ts'
import styles from './settings.module.css'
import { SHORTCUTS } from './shortcuts.ts'
import { useRoundTrip } from './use-round-trip.ts'

type Props = { ref: RefObject<HTMLDialogElement | null>; meeting: Meeting; view: MeetingView }

export function SettingsDialog({ ref, meeting, view }: Props) {
  const t = useTranslate()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const dialog = ref.current
    const onToggle = () => setOpen(dialog?.open ?? false)
    dialog?.addEventListener('toggle', onToggle)
    return () => dialog?.removeEventListener('toggle', onToggle)
  }, [ref])
  return (
    <Dialog ref={ref} title={t(text.settings)}>
      {open && <DeviceSettings meeting={meeting} view={view} />}
      <Shortcuts />
      <ConnectionDetails view={view} open={open} />
      <DialogActions>
        <Button look="primary" onClick={() => ref.current?.close()}>
          {t(text.done)}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

function Shortcuts() {
  const t = useTranslate()
  const [on, setOn] = useState(() => readChoices().keysOn)
  return (
    <section className={styles.keys} aria-labelledby="keys-title">
      <h3 id="keys-title">{t(text.keys)}</h3>
      <Check
        checked={on}
        onChange={(checked) => {
          setOn(checked)
          rememberChoices({ keysOn: checked })
        }}
      >
        {t(text.keysOn)}
      </Check>
      <dl>
        {SHORTCUTS.map(({ key, description }) => (
          <div key={key}>
            <dt>
              <kbd>{key.toUpperCase()}</kbd>
            </dt>
            <dd>{t(description)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** For a call to support: where the meeting runs and how far away that is. */
function ConnectionDetails({ view: { room, answer, measured }, open }: { view: MeetingView; open: boolean }) {
  const t = useTranslate()
  const roundTripMs = useRoundTrip(room, open)
  const sentences = connectionMessages(distanceOf(answer, measured), answer.node, roundTripMs)
  return (
    <details className={styles.connection}>
      <summary>{t(text.connection)}</summary>
      <p data-testid="connection">{sentences.map(t).join(' ')}</p>
    </details>
  )
}
