import type { CreatedRoom } from '@levee/control-plane/contract'
import { useState, type FormEvent } from 'react'
import { createRoom } from '../api/client.ts'
import { PlusIcon } from '../ui/icons.tsx'
import { Brand } from '../ui/Page.tsx'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { RefusalNotice } from '../ui/ProblemNotice.tsx'
import { Links } from './Links.tsx'
import './start.css'

const TITLE_MAX = 120

export function StartPage() {
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
    <div className="page start">
      <header className="page-head">
        <Brand />
        <a className="head-link" href="/ops">
          Operations
        </a>
      </header>
      <main className="start-body">
        {created ? (
          <Links created={created} onAnother={() => setCreated(undefined)} />
        ) : (
          <div className="start-hero">
            <h1>Meetings that hold when everybody joins at once</h1>
            <p className="lead">Start one, send the link. Nobody needs an account or an installation.</p>
            <form className="start-form" onSubmit={submit}>
              <div className="field">
                <label htmlFor="title">
                  Title <span className="hint">(optional)</span>
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
                {busy ? 'Starting …' : 'Start a meeting'}
              </button>
            </form>
            {refusal && (
              <RefusalNotice
                refusal={refusal}
                onRetry={busy ? undefined : () => void start()}
                action={
                  refusal.code === 'creation_refused' && (
                    <a className="button small" href="/ops">
                      Sign in
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
