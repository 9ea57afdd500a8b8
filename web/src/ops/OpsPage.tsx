import { useState } from 'react'
import { signOut } from '../api/client.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { Button } from '../ui/elements/Button.tsx'
import { Page, PageHead } from '../ui/page/Page.tsx'
import { ProblemNotice } from '../ui/ProblemNotice.tsx'
import { isSignedOut, type FleetState } from './fleet/fleet-state.ts'
import type { FleetStore } from './fleet/fleet-store.ts'
import { useFleet } from './fleet/use-fleet.ts'
import { text } from './messages.ts'
import { Overview } from './Overview.tsx'
import { SignIn } from './SignIn.tsx'
import { SitePage } from './SitePage.tsx'
import { ALL_SITES } from './sites/SiteList.tsx'
import styles from './ops.module.css'

export function OpsPage() {
  const t = useTranslate()
  const { fleet, state } = useFleet()
  const [signedInMs, setSignedInMs] = useState(0)
  const signedOut = isSignedOut(state.refusal)
  return (
    <Page className={styles.ops} data-signed-in={!signedOut} key={signedInMs}>
      <PageHead className={styles.head}>
        {!signedOut && state.sites && (
          <Button size="small" onClick={() => void signOut().then(() => fleet.refresh())}>
            {t(text.signOut)}
          </Button>
        )}
      </PageHead>
      <main className={styles.body}>
        {signedOut ? (
          <SignIn
            onDone={() => {
              setSignedInMs(Date.now())
              void fleet.refresh()
            }}
          />
        ) : (
          <Fleet fleet={fleet} state={state} />
        )}
      </main>
    </Page>
  )
}

function Fleet({ fleet, state }: { fleet: FleetStore; state: FleetState }) {
  const t = useTranslate()
  // Kept here, so that the list is unchanged after a visit to a site.
  const [search, setSearch] = useState(ALL_SITES)
  const { site, sites, refusal } = state
  if (!sites && refusal) return <ProblemNotice problem={refusal} onRetry={() => void fleet.refresh()} />
  if (!sites)
    return (
      <p className={styles.loading} role="status">
        {t(text.loading)}
      </p>
    )
  if (site !== undefined) return <SitePage key={site} fleet={fleet} state={state} name={site} sites={sites} />
  return <Overview fleet={fleet} state={state} sites={sites} search={search} onSearch={setSearch} />
}
