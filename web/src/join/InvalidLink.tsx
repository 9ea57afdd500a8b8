import { Brand } from '../ui/Page.tsx'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { refusalWords } from '../api/problem-messages.ts'

/** The link leads nowhere, and waiting does not help. */
export function DeadLink({ refusal }: { refusal: ShownRefusal }) {
  const { what, todo } = refusalWords(refusal.code)
  return (
    <div className="page">
      <header className="page-head">
        <Brand />
      </header>
      <main className="centre">
        <div className="dead-link" role="alert" data-refusal={refusal.code}>
          <h1>{what}</h1>
          <p>{todo}</p>
          {refusal.requestId !== undefined && <p className="mono">Reference {refusal.requestId}</p>}
        </div>
        <a className="button" href="/">
          Start a meeting of your own
        </a>
      </main>
    </div>
  )
}
