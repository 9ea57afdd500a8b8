import type { CreatedRoom } from '@levee/control-plane/contract'
import { ROOM_TITLE_MAX_LENGTH } from '@levee/control-plane/protocol/limits'
import { Plus } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { createRoom } from '../api/client.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { Button, ButtonLink } from '../ui/elements/Button.tsx'
import { Field, Input } from '../ui/elements/Field.tsx'
import { HeadLink, Page, PageHead } from '../ui/page/Page.tsx'
import { ProblemNotice } from '../ui/ProblemNotice.tsx'
import { Links } from './Links.tsx'
import { text } from './messages.ts'
import styles from './start.module.css'

export function StartPage() {
  const t = useTranslate()
  const [title, setTitle] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ShownProblem>()
  const [created, setCreated] = useState<CreatedRoom>()

  const start = async () => {
    setBusy(true)
    const answer = await createRoom(title.trim() ? { title: title.trim() } : {})
    setBusy(false)
    if (answer.ok) {
      setProblem(undefined)
      setCreated(answer.value)
    } else {
      setProblem(answer.refusal)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!busy) void start()
  }

  return (
    <Page className={styles.start}>
      <PageHead>
        <HeadLink href="/ops">{t(text.operations)}</HeadLink>
      </PageHead>
      <main className={styles.body}>
        {created ? (
          <Links created={created} onAnother={() => setCreated(undefined)} />
        ) : (
          <div className={styles.hero}>
            <h1>{t(text.claim)}</h1>
            <p className={styles.lead}>{t(text.lead)}</p>
            <form className={styles.form} onSubmit={submit}>
              <Field
                id="title"
                label={
                  <>
                    {t(text.title)} <span>{t(text.optional)}</span>
                  </>
                }
              >
                <Input
                  id="title"
                  type="text"
                  maxLength={ROOM_TITLE_MAX_LENGTH}
                  autoComplete="off"
                  value={title}
                  onChange={(event) => setTitle(event.target.value)}
                />
              </Field>
              <Button type="submit" look="primary" size="large" aria-disabled={busy}>
                <Plus />
                {t(busy ? text.starting : text.start)}
              </Button>
            </form>
            {problem && (
              <ProblemNotice
                problem={problem}
                onRetry={busy ? undefined : () => void start()}
                action={
                  problem.code === 'creation_refused' && (
                    <ButtonLink size="small" href="/ops">
                      {t(text.signIn)}
                    </ButtonLink>
                  )
                }
              />
            )}
          </div>
        )}
      </main>
    </Page>
  )
}
