import type { SiteView } from '@levee/control-plane/contract'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { setSite } from '../../../api/client.ts'
import type { ShownProblem } from '../../../api/shown-problem.ts'
import { useTranslate } from '../../../i18n/use-translate.ts'
import { classNames } from '../../../ui/class-names.ts'
import { Button } from '../../../ui/elements/Button.tsx'
import { Dialog, DialogActions } from '../../../ui/elements/Dialog.tsx'
import fieldStyles from '../../../ui/elements/field.module.css'
import { ProblemNotice } from '../../../ui/ProblemNotice.tsx'
import textStyles from '../../../ui/text.module.css'
import type { FleetStore } from '../../fleet/fleet-store.ts'
import { BOUNDARY, OFFLINE, SPARE, text } from './settings-messages.ts'
import { ListField, Option, Problems } from './SettingsFields.tsx'
import {
  draftOf,
  fieldProblems,
  settingsOf,
  unknownSites,
  type Draft,
  type FieldProblems,
} from './site-settings.ts'
import styles from './settings.module.css'

type Props = { fleet: FleetStore; site: SiteView; known: ReadonlySet<string>; onClose: () => void }

const NO_PROBLEMS: FieldProblems = new Map()

/** Edits a copy of a site's settings in a dialog, while the page behind it keeps refreshing. */
export function SiteEditor({ fleet, site: { site, settings }, known, onClose }: Props) {
  const t = useTranslate()
  const dialog = useRef<HTMLDialogElement>(null)
  const [draft, setDraft] = useState(() => draftOf(settings))
  const [problems, setProblems] = useState(NO_PROBLEMS)
  const [refusal, setRefusal] = useState<ShownProblem>()
  const [saving, setSaving] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])
  // With the focus on the first wrong field, a screen reader reads its error.
  useEffect(() => {
    if (problems.size > 0) dialog.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [problems])

  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }))
  const save = async () => {
    const sent = settingsOf(draft)
    setSaving(true)
    const answer = await setSite(site, sent)
    if (answer.ok) await fleet.refresh()
    setSaving(false)
    if (answer.ok) return dialog.current?.close()
    const { code, errors } = answer.refusal
    const found = code === 'invalid_request' && errors ? fieldProblems(errors, site, sent) : NO_PROBLEMS
    setProblems(found)
    setRefusal(found.size > 0 ? undefined : answer.refusal)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!saving) void save()
  }

  const unknown = unknownSites(draft, known)
  return (
    <Dialog ref={dialog} className={styles.editor} title={t(text.title(site))} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ListField
          field="ranges"
          label={t(text.ranges)}
          hint={t(text.rangesHint)}
          value={draft.ranges}
          problems={problems}
          onChange={(ranges) => change({ ranges })}
        />
        <fieldset className={styles.options}>
          <legend className={fieldStyles.label}>{t(text.whenFull)}</legend>
          {(['soft', 'hard'] as const).map((boundary) => (
            <Option
              key={boundary}
              name="boundary"
              checked={draft.boundary === boundary}
              messages={BOUNDARY[boundary]}
              onChange={() => change({ boundary })}
            />
          ))}
        </fieldset>
        {draft.boundary === 'soft' && (
          <ListField
            field="fallback"
            label={t(text.fallback)}
            hint={t(text.fallbackHint)}
            value={draft.fallback}
            problems={problems}
            onChange={(fallback) => change({ fallback })}
          >
            {unknown.length > 0 && (
              <p className={classNames(textStyles.hint, styles.warning)}>{t(text.unknownSites(unknown))}</p>
            )}
          </ListField>
        )}
        <fieldset className={styles.options}>
          <legend className={fieldStyles.label}>{t(text.reserve)}</legend>
          <Option
            checked={draft.spare === 'largest-node'}
            messages={SPARE}
            onChange={(on) => change({ spare: on ? 'largest-node' : 'none' })}
          />
        </fieldset>
        <fieldset className={styles.options}>
          <legend className={fieldStyles.label}>{t(text.offline)}</legend>
          {(['off', 'join', 'start'] as const).map((offline) => (
            <Option
              key={offline}
              name="offline"
              checked={(draft.offline ?? 'off') === offline}
              messages={OFFLINE[offline]}
              onChange={() => change({ offline })}
            />
          ))}
        </fieldset>
        <Problems of="other" problems={problems} />
        {refusal && <ProblemNotice problem={refusal} onRetry={saving ? undefined : () => void save()} />}
        <DialogActions>
          <Button type="submit" look="primary" aria-disabled={saving}>
            {t(saving ? text.saving : text.save)}
          </Button>
          <Button look="quiet" onClick={() => dialog.current?.close()}>
            {t(text.cancel)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
