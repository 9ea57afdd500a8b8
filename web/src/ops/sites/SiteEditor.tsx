import type { SiteView } from '@levee/control-plane/contract'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { setSite } from '../../api/client.ts'
import type { ShownRefusal } from '../../api/shown-problem.ts'
import { RefusalNotice } from '../../ui/ProblemNotice.tsx'
import type { Fleet } from '../fleet/fleet-store.ts'
import { draftOf, faultsOf, settingsOf, unknownSites, type Draft, type Field } from './site-settings.ts'

type Props = { fleet: Fleet; site: SiteView; known: ReadonlySet<string>; onClose: () => void }
type Faults = ReturnType<typeof faultsOf>

/** Needs the door of one of its agents (LEVEE_LISTENER_PORT): without it nobody gets as far as the node. */
const OFFLINE_POLICIES = [
  { offline: 'off', label: 'Running meetings go on', hint: 'Nobody else can join until the line is back.' },
  {
    offline: 'join',
    label: 'People here may join meetings',
    hint: 'By their link, on the nodes of this site.',
  },
  { offline: 'start', label: 'People here may join and start meetings' },
] as const

/** The settings of one site, in a dialog that holds its own copy: the page behind it stays live. */
export function SiteEditor({ fleet, site: { site, settings }, known, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [draft, setDraft] = useState(() => draftOf(settings))
  const [faults, setFaults] = useState<Faults>(new Map())
  const [refusal, setRefusal] = useState<ShownRefusal>()
  const [busy, setBusy] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])
  // The first field at fault takes the focus, so that its words are read out.
  useEffect(() => {
    if (faults.size > 0) dialog.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [faults])

  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }))
  const save = async () => {
    const sent = settingsOf(draft)
    setBusy(true)
    const answer = await setSite(site, sent)
    if (answer.ok) await fleet.refresh()
    setBusy(false)
    if (answer.ok) return dialog.current?.close()
    const { code, errors } = answer.refusal
    const next: Faults = code === 'invalid_request' && errors ? faultsOf(errors, sent) : new Map()
    setFaults(next)
    setRefusal(next.size > 0 ? undefined : answer.refusal)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!busy) void save()
  }

  const strangers = unknownSites(draft, known)
  return (
    <dialog ref={dialog} className="dialog site-editor" aria-labelledby="editor-title" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <h2 id="editor-title">Settings of {site}</h2>
        <ListField
          field="ranges"
          label="Addresses of people here"
          hint="One range a line, such as 10.2.0.0/16 or 2001:db8::/32. Meetings that they start run here."
          value={draft.ranges}
          faults={faults}
          onChange={(ranges) => change({ ranges })}
        />
        <fieldset className="options">
          <legend className="label">When this site is full</legend>
          <Option
            name="boundary"
            checked={draft.boundary === 'soft'}
            onChoose={() => change({ boundary: 'soft' })}
            label="Its meetings go to other sites"
          />
          <Option
            name="boundary"
            checked={draft.boundary === 'hard'}
            onChoose={() => change({ boundary: 'hard' })}
            label="Its meetings are refused"
            hint="They never leave this site."
          />
        </fieldset>
        {draft.boundary === 'soft' && (
          <ListField
            field="fallback"
            label="Other sites, in this order"
            hint="One site a line. Empty: the sites with most headroom."
            value={draft.fallback}
            faults={faults}
            onChange={(fallback) => change({ fallback })}
          >
            {strangers.length > 0 && (
              <p className="hint warn-ink">Not known yet: {strangers.join(', ')}. Check the spelling.</p>
            )}
          </ListField>
        )}
        <fieldset className="options">
          <legend className="label">Kept free</legend>
          <Option
            checked={draft.spare === 'largest-node'}
            onChoose={(on) => change({ spare: on ? 'largest-node' : 'none' })}
            label="As much as its largest node holds"
            hint="Then its meetings find room when that node fails."
          />
        </fieldset>
        <fieldset className="options">
          <legend className="label">When it is cut off from here</legend>
          {OFFLINE_POLICIES.map(({ offline, ...words }) => (
            <Option
              key={offline}
              name="offline"
              checked={(draft.offline ?? 'off') === offline}
              onChoose={() => change({ offline })}
              {...words}
            />
          ))}
        </fieldset>
        <Faulty of="other" faults={faults} />
        {refusal && <RefusalNotice refusal={refusal} onRetry={busy ? undefined : () => void save()} />}
        <div className="dialog-actions">
          <button type="submit" className="button primary" aria-disabled={busy}>
            {busy ? 'Saving …' : 'Save'}
          </button>
          <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  )
}

type ListProps = {
  field: Field
  label: string
  hint: string
  value: string
  faults: Faults
  onChange: (value: string) => void
  children?: ReactNode
}

function ListField({ field, label, hint, value, faults, onChange, children }: ListProps) {
  const id = `site-${field}`
  const wrong = faults.has(field)
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="input mono"
        rows={3}
        spellCheck={false}
        autoCapitalize="none"
        value={value}
        aria-invalid={wrong}
        aria-describedby={wrong ? `fault-${field} ${id}-hint` : `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <Faulty of={field} faults={faults} />
      <p id={`${id}-hint`} className="hint">
        {hint}
      </p>
      {children}
    </div>
  )
}

function Faulty({ of, faults }: { of: Field | 'other'; faults: Faults }) {
  const words = faults.get(of)
  return (
    words && (
      <div id={`fault-${of}`} className="field-error" role="alert">
        {words.map((fault) => (
          <p key={fault}>{fault}</p>
        ))}
      </div>
    )
  )
}

type OptionProps = {
  /** One of several with this name; absent: on or off. */
  name?: string
  checked: boolean
  label: string
  hint?: string
  onChoose: (on: boolean) => void
}

function Option({ name, checked, label, hint, onChoose }: OptionProps) {
  return (
    <label className="check">
      <input
        type={name === undefined ? 'checkbox' : 'radio'}
        name={name}
        checked={checked}
        onChange={(event) => onChoose(event.target.checked)}
      />
      <span>
        {label}
        {hint !== undefined && <span className="cell-note">{hint}</span>}
      </span>
    </label>
  )
}
