import { problemMessages } from '../api/problem-messages.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { ButtonLink } from '../ui/elements/Button.tsx'
import { CenteredMain, Page, PageHead } from '../ui/page/Page.tsx'
import { ProblemDetails } from '../ui/ProblemDetails.tsx'
import styles from './invalid-link.module.css'
import { text } from './messages.ts'

/** Shown when the link does not lead to a meeting and waiting does not help. */
export function InvalidLink({ problem }: { problem: ShownProblem }) {
  const t = useTranslate()
  const { title, advice } = problemMessages(problem.code)
  return (
    <Page>
      <PageHead />
      <CenteredMain>
        <div className={styles.problem} role="alert" data-problem={problem.code}>
          <h1>{t(title)}</h1>
          <p>{t(advice)}</p>
          <ProblemDetails problem={problem} />
        </div>
        <ButtonLink href="/">{t(text.startOwn)}</ButtonLink>
      </CenteredMain>
    </Page>
  )
}
