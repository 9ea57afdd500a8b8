import { Suspense } from 'react'
import { useTranslate } from './i18n/use-translate.ts'
import { text } from './messages.ts'
import { ROUTES } from './routes.ts'
import { ButtonLink } from './ui/elements/Button.tsx'
import { CenteredMain, LoadingPage, Page, PageHead } from './ui/page/Page.tsx'

export function App() {
  for (const { pattern, page: RoutePage } of ROUTES) {
    const match = pattern.exec(location.pathname)
    if (!match) continue
    const params = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, decode(value)]),
    )
    return (
      <Suspense fallback={<LoadingPage />}>
        <RoutePage params={params} />
      </Suspense>
    )
  }
  return <NotFoundPage />
}

function NotFoundPage() {
  const t = useTranslate()
  return (
    <Page>
      <PageHead />
      <CenteredMain>
        <h1>{t(text.notFound)}</h1>
        <p>{t(text.notFoundAdvice(location.origin))}</p>
        <ButtonLink look="primary" href="/">
          {t(text.start)}
        </ButtonLink>
      </CenteredMain>
    </Page>
  )
}

/** A malformed escape in a pasted link gives a wrong code instead of an exception. */
function decode(value: string | undefined): string {
  try {
    return decodeURIComponent(value ?? '')
  } catch {
    return value ?? ''
  }
}
