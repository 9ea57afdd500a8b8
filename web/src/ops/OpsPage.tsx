import { useState } from 'react'
import { signOut } from '../api/client.ts'
import { Brand } from '../ui/Page.tsx'
import { Fleet } from './fleet/Fleet.tsx'
import { SignIn } from './SignIn.tsx'
import { useFleet } from './fleet/use-fleet.ts'
import './nodes/drain.css'
import './ops.css'
import './sites/restart.css'
import './sites/sites.css'
import './fleet/tables.css'

export function OpsPage() {
  const { fleet, view } = useFleet()
  const [signedInMs, setSignedIn] = useState(0)
  const signedOut = view.refusal?.code === 'operator_required'
  return (
    <div className="page ops" data-signed-in={!signedOut} key={signedInMs}>
      <header className="page-head">
        <Brand />
        {!signedOut && view.sites && (
          <button
            type="button"
            className="button small"
            onClick={() => void signOut().then(() => fleet.refresh())}
          >
            Sign out
          </button>
        )}
      </header>
      <main className="ops-body">
        {signedOut ? (
          <SignIn
            onDone={() => {
              setSignedIn(Date.now())
              void fleet.refresh()
            }}
          />
        ) : (
          <Fleet fleet={fleet} view={view} />
        )}
      </main>
    </div>
  )
}
