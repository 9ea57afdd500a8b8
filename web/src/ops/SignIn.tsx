import { useEffect, useRef, useState, type FormEvent } from 'react'
import { signIn } from '../api/client.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { classNames } from '../ui/class-names.ts'
import { Button } from '../ui/elements/Button.tsx'
import cardStyles from '../ui/elements/card.module.css'
import { Field, Input } from '../ui/elements/Field.tsx'
import { ProblemNotice } from '../ui/ProblemNotice.tsx'
import textStyles from '../ui/text.module.css'
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
    <form className={classNames(cardStyles.card, styles.signIn)} onSubmit={(event) => void submit(event)}>
      <h1>{t(text.operations)}</h1>
      <p className={textStyles.hint}>{t(text.signInLead)}</p>
      <Field id="operator-key" label={t(text.operatorKey)} error={wrong ? t(text.wrongKey) : undefined} alert>
        <Input
          ref={field}
          id="operator-key"
          type="password"
          autoComplete="current-password"
          value={key}
          aria-invalid={wrong}
          aria-describedby={wrong ? 'operator-key-error' : undefined}
          onChange={(event) => {
            setKey(event.target.value)
            setWrong(false)
          }}
        />
      </Field>
      {refusal && <ProblemNotice problem={refusal} />}
      <Button type="submit" look="primary" size="large" aria-disabled={busy}>
        {t(busy ? text.signingIn : text.signIn)}
      </Button>
    </form>
  )
}
