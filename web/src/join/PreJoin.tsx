import { useEffect, useRef, useState, type FormEvent } from 'react'
import { ShieldIcon } from '../ui/icons.tsx'
import { Brand } from '../ui/Page.tsx'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { RefusalNotice } from '../ui/ProblemNotice.tsx'
import { CameraStage } from '../devices/CameraPreview.tsx'
import { readChoices, rememberChoices } from '../devices/saved-choices.ts'
import { DeviceHelp } from '../devices/DeviceHelp.tsx'
import { DevicePickers } from '../devices/DevicePickers.tsx'
import type { HandedOver } from '../devices/preview.ts'
import { usePreview } from '../devices/use-preview.ts'

const NAME_MAX = 64

type Props = {
  title: string
  /** The link leads to a meeting: devices may start. */
  ready: boolean
  asHost: boolean
  joining: boolean
  refusal: ShownRefusal | undefined
  onRetryLookup: (() => void) | undefined
  onJoinAsGuest: () => void
  onJoin: (name: string, handOver: () => HandedOver) => void
}

export function PreJoin({
  title,
  ready,
  asHost,
  joining,
  refusal,
  onRetryLookup,
  onJoinAsGuest,
  onJoin,
}: Props) {
  const { preview, view } = usePreview(ready)
  const [name, setName] = useState(() => readChoices().name)
  const [nameMissing, setNameMissing] = useState(false)
  const [silent, setSilent] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  const join = () => {
    const given = name.trim()
    if (!given) {
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
    <div className="page pre-join">
      <header className="page-head">
        <Brand />
        {asHost && (
          <span className="chip host">
            <ShieldIcon />
            Host
          </span>
        )}
      </header>
      <main className="pre-join-body">
        <form className="join-form" onSubmit={submit} noValidate>
          <div>
            <p className="eyebrow">{asHost ? 'You are hosting' : 'You are joining'}</p>
            <h1>{title}</h1>
          </div>
          <div className="field">
            <label htmlFor="name">Your name</label>
            <input
              ref={field}
              id="name"
              className="input"
              type="text"
              autoComplete="name"
              maxLength={NAME_MAX}
              enterKeyHint="go"
              value={name}
              aria-invalid={nameMissing}
              aria-describedby={nameMissing ? 'name-error' : undefined}
              onChange={(event) => {
                setName(event.target.value)
                setNameMissing(false)
              }}
            />
            {nameMissing && (
              <p id="name-error" className="field-error">
                Type a name, so that others know who you are.
              </p>
            )}
          </div>
          {refusal && (
            <RefusalNotice
              refusal={refusal}
              onRetry={joining ? undefined : (onRetryLookup ?? join)}
              action={
                refusal.code === 'host_key_refused' && (
                  <button type="button" className="button small" onClick={onJoinAsGuest}>
                    Continue as a guest
                  </button>
                )
              }
            />
          )}
          <button type="submit" className="button primary large join-button" aria-disabled={joining}>
            {joining ? 'Joining …' : 'Join'}
          </button>
        </form>
        <section className="devices" aria-label="Camera and microphone">
          <CameraStage preview={preview} view={view} name={name} still={joining} onSilent={setSilent} />
          <DeviceHelp preview={preview} view={view} silent={silent} />
          <DevicePickers preview={preview} view={view} />
        </section>
      </main>
    </div>
  )
}
