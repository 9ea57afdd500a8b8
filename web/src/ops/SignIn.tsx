import { useEffect, useRef, useState, type FormEvent } from 'react'
import { signIn } from '../api/client.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import { ProblemNotice } from '../ui/ProblemNotice.tsx'
import { text } from './messages.ts'
import styles from './ops.module.css'

export function SignIn({ onDone }: { onDone: () => void }) {
  const t = useTranslate()
  const [key, setKey] = useState('')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState(false)
  const [refusal, setRefusal] = useState<ShownProblem>()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy || !key) return field.current?.focus()
    setBusy(true)
    const answer = await signIn(key)
    setBusy(false)
    if (answer.ok) return onDone()
    const isWrong = answer.refusal.code === 'operator_required'
    setWrong(isWrong)
    setRefusal(isWrong ? undefined : answer.refusal)
    field.current?.select()
  }

  return (
    <form className={`card ${styles.signIn}`} onSubmit={(event) => void submit(event)}>
      <h1>{t(text.operations)}</h1>
      <p className="hint">{t(text.signInLead)}</p>
      <div className="field">
        <label htmlFor="operator-key">{t(text.operatorKey)}</label>
        <input
          ref={field}
          id="operator-key"
          className="input"
          type="password"
          autoComplete="current-password"
          value={key}
          aria-invalid={wrong}
          aria-describedby={wrong ? 'key-error' : undefined}
          onChange={(event) => {
            setKey(event.target.value)
            setWrong(false)
          }}
        />
        {wrong && (
          <p id="key-error" className="field-error" role="alert">
            {t(text.wrongKey('LEVEE_OPERATOR_KEY'))}
          </p>
        )}
      </div>
      {refusal && <ProblemNotice problem={refusal} />}
      <button type="submit" className="button primary large" aria-disabled={busy}>
        {t(busy ? text.signingIn : text.signIn)}
      </button>
    </form>
  )
}
