import { Suspense } from 'react'
import { ROUTES } from './routes.ts'
import { Brand, Waiting } from './ui/Page.tsx'

export function App() {
  for (const { path, page: Page } of ROUTES) {
    const match = path.exec(location.pathname)
    if (!match) continue
    const params = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, decode(value)]),
    )
    return (
      <Suspense fallback={<Waiting what="Loading" />}>
        <Page params={params} />
      </Suspense>
    )
  }
  return (
    <div className="page">
      <header className="page-head">
        <Brand />
      </header>
      <main className="centre">
        <h1>Nothing is at this address</h1>
        <p>A join link looks like {location.origin}/m/… Check that the whole link was copied.</p>
        <a className="button primary" href="/">
          Start a meeting
        </a>
      </main>
    </div>
  )
}

/** A malformed escape in a link someone pasted is a wrong code, not a crash. */
function decode(value: string | undefined): string {
  try {
    return decodeURIComponent(value ?? '')
  } catch {
    return value ?? ''
  }
}
