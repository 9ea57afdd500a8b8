import { DISPLAY_NAME_MAX_LENGTH } from '@levee/control-plane/protocol/limits'
import { cleanDisplayName } from '@levee/control-plane/protocol/names/display-names'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import type { ShownProblem } from '../api/shown-problem.ts'
import type { HandedOver } from '../devices/kinds.ts'
import { text as deviceText } from '../devices/messages.ts'
import { CameraPreview } from '../devices/preview/CameraPreview.tsx'
import { DeviceHelp } from '../devices/preview/DeviceHelp.tsx'
import { DevicePickers } from '../devices/preview/DevicePickers.tsx'
import { usePreview } from '../devices/preview/use-preview.ts'
import { readChoices, rememberChoices } from '../devices/saved-choices.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { Button } from '../ui/elements/Button.tsx'
import { Field, Input } from '../ui/elements/Field.tsx'
import { HostChip } from '../ui/elements/HostChip.tsx'
import { Page, PageHead } from '../ui/page/Page.tsx'
import { ProblemNotice } from '../ui/ProblemNotice.tsx'
import textStyles from '../ui/text.module.css'
import { text } from './messages.ts'
import styles from './pre-join.module.css'

type Props = {
  title: string
  /** The link leads to a meeting: devices may start. */
  ready: boolean
  asHost: boolean
  joining: boolean
  problem: ShownProblem | undefined
  onRetryLookup: (() => void) | undefined
  onJoinAsGuest: () => void
  onJoin: (name: string, handOver: () => HandedOver) => void
}

export function PreJoin({
  title,
  ready,
  asHost,
  joining,
  problem,
  onRetryLookup,
  onJoinAsGuest,
  onJoin,
}: Props) {
  const t = useTranslate()
  const { preview, view } = usePreview(ready)
  const [name, setName] = useState(() => readChoices().name)
  const [nameMissing, setNameMissing] = useState(false)
  const [silent, setSilent] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  const join = () => {
    const given = cleanDisplayName(name)
    if (given === null) {
      setNameMissing(true)
      field.current?.focus()
      return
    }
    rememberChoices({ name: given })
    onJoin(given, () => preview.handOver())
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!joining) join()
  }

  return (
    <Page>
      <PageHead className={styles.head}>{asHost && <HostChip />}</PageHead>
      <main className={styles.body} data-problem={problem !== undefined}>
        <form className={styles.form} onSubmit={submit} noValidate>
          <div>
            <p className={textStyles.eyebrow}>{t(asHost ? text.hosting : text.joiningAs)}</p>
            <h1>{title}</h1>
          </div>
          <Field
            id="name"
            label={t(text.name)}
            error={nameMissing ? t(name.trim() === '' ? text.nameMissing : text.nameUnreadable) : undefined}
          >
            <Input
              ref={field}
              id="name"
              type="text"
              autoComplete="name"
              maxLength={DISPLAY_NAME_MAX_LENGTH}
              enterKeyHint="go"
              value={name}
              aria-invalid={nameMissing}
              aria-describedby={nameMissing ? 'name-error' : undefined}
              onChange={(event) => {
                setName(event.target.value)
                setNameMissing(false)
              }}
            />
          </Field>
          {problem && (
            <ProblemNotice
              problem={problem}
              onRetry={joining ? undefined : (onRetryLookup ?? join)}
              action={
                problem.code === 'host_key_refused' && (
                  <Button size="small" onClick={onJoinAsGuest}>
                    {t(text.joinAsGuest)}
                  </Button>
                )
              }
            />
          )}
          <Button type="submit" look="primary" size="large" className={styles.join} aria-disabled={joining}>
            {t(joining ? text.joining : text.join)}
          </Button>
        </form>
        <section className={styles.devices} aria-label={t(deviceText.devices)}>
          <CameraPreview preview={preview} view={view} name={name} still={joining} onSilent={setSilent} />
          <DeviceHelp preview={preview} view={view} silent={silent} />
          <DevicePickers preview={preview} view={view} />
        </section>
      </main>
    </Page>
  )
}
