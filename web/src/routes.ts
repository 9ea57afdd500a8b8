import { CLIENT_PATHS } from '@levee/control-plane/protocol/client-paths'
import { lazy, type ComponentType } from 'react'
import { loadCatalog } from './i18n/catalogs.ts'
import { StartPage } from './start/StartPage.tsx'

type PageProps = { params: Readonly<Record<string, string>> }
type Route = { pattern: RegExp; page: ComponentType<PageProps> }

// The start page is part of the entry. A join link loads only its own page, without the operations page.
const JoinPage = lazy(async () => ({ default: (await import('./join/JoinPage.tsx')).JoinPage }))
const OpsPage = lazy(async () => {
  const [{ OpsPage }] = await Promise.all([import('./ops/OpsPage.tsx'), loadCatalog('ops')])
  return { default: OpsPage }
})

const PAGES: Record<keyof typeof CLIENT_PATHS, ComponentType<PageProps>> = {
  start: StartPage,
  meeting: JoinPage,
  operations: OpsPage,
}

/** The addresses of the client, each with its page. The control plane answers them all with the same index.html. */
export const ROUTES: readonly Route[] = (Object.keys(PAGES) as (keyof typeof PAGES)[]).map((name) => ({
  pattern: patternOf(CLIENT_PATHS[name]),
  page: PAGES[name],
}))

/** `/m/:room` as an expression with a group `room`; a slash at the end makes no difference. */
function patternOf(path: string): RegExp {
  const source = path.replace(/\/$/, '').replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')
  return new RegExp(`^${source}/?$`)
}
