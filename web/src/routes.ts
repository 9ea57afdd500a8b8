import { lazy, type ComponentType } from 'react'
import { loadCatalog } from './i18n/catalogs.ts'
import { StartPage } from './start/StartPage.tsx'

export type PageProps = { params: Readonly<Record<string, string>> }
type Route = { path: RegExp; page: ComponentType<PageProps> }

// The join link and the start page are what people open cold, so they come first and split apart.
const JoinPage = lazy(async () => ({ default: (await import('./join/JoinPage.tsx')).JoinPage }))
const OpsPage = lazy(async () => {
  const [{ OpsPage }] = await Promise.all([import('./ops/OpsPage.tsx'), loadCatalog('ops')])
  return { default: OpsPage }
})

/** Every address of the client. The control plane answers each with the same index.html. */
export const ROUTES: readonly Route[] = [
  { path: /^\/$/, page: StartPage },
  { path: /^\/m\/(?<room>[^/]+)\/?$/, page: JoinPage },
  { path: /^\/ops\/?$/, page: OpsPage },
]
