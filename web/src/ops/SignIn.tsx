import { useEffect, useRef, useState, type FormEvent } from 'react'
import { signIn } from '../api/client.ts'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { RefusalNotice } from '../ui/ProblemNotice.tsx'

export function SignIn({ onDone }: { onDone: () => void }) {
  const [key, setKey] = useState('')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState(false)
  const [refusal, setRefusal] = useState<ShownRefusal>()
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
    <form className="card sign-in" onSubmit={(event) => void submit(event)}>
      <h1>Operations</h1>
      <p className="hint">
        Sites, nodes and their headroom. Sign in with the operator key of this installation.
      </p>
      <div className="field">
        <label htmlFor="operator-key">Operator key</label>
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
            This key is not right. It was set when the appliance was installed (LEVEE_OPERATOR_KEY).
          </p>
        )}
      </div>
      {refusal && <RefusalNotice refusal={refusal} />}
      <button type="submit" className="button primary large" aria-disabled={busy}>
        {busy ? 'Signing in …' : 'Sign in'}
      </button>
    </form>
  )
}
