import type { CreatedRoom } from '@levee/control-plane/contract'
import { useState, type FormEvent } from 'react'
import { createRoom } from '../api/client.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { PlusIcon } from '../ui/icons.tsx'
import { Brand } from '../ui/Page.tsx'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { RefusalNotice } from '../ui/ProblemNotice.tsx'
import { Links } from './Links.tsx'
import { text } from './messages.ts'
import styles from './start.module.css'

const TITLE_MAX = 120

export function StartPage() {
  const t = useTranslate()
  const [title, setTitle] = useState('')
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<ShownRefusal>()
  const [created, setCreated] = useState<CreatedRoom>()

  const start = async () => {
    setBusy(true)
    const answer = await createRoom(title.trim() ? { title: title.trim() } : {})
    setBusy(false)
    if (answer.ok) {
      setRefusal(undefined)
      setCreated(answer.value)
    } else {
      setRefusal(answer.refusal)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!busy) void start()
  }

  return (
    <div className={`page ${styles.start}`}>
      <header className="page-head">
        <Brand />
        <a className="head-link" href="/ops">
          {t(text.operations)}
        </a>
      </header>
      <main className={styles.body}>
        {created ? (
          <Links created={created} onAnother={() => setCreated(undefined)} />
        ) : (
          <div className={styles.hero}>
            <h1>{t(text.claim)}</h1>
            <p className={styles.lead}>{t(text.lead)}</p>
            <form className={styles.form} onSubmit={submit}>
              <div className="field">
                <label htmlFor="title">
                  {t(text.title)} <span className="hint">{t(text.optional)}</span>
                </label>
                <input
                  id="title"
                  className="input"
                  type="text"
                  maxLength={TITLE_MAX}
                  autoComplete="off"
                  value={title}
                  onChange={(event) => setTitle(event.target.value)}
                />
              </div>
              <button type="submit" className="button primary large" aria-disabled={busy}>
                <PlusIcon />
                {t(busy ? text.starting : text.start)}
              </button>
            </form>
            {refusal && (
              <RefusalNotice
                refusal={refusal}
                onRetry={busy ? undefined : () => void start()}
                action={
                  refusal.code === 'creation_refused' && (
                    <a className="button small" href="/ops">
                      {t(text.signIn)}
                    </a>
                  )
                }
              />
            )}
          </div>
        )}
      </main>
    </div>
  )
}
