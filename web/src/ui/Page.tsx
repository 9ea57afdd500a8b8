import mark from './mark.svg'

export function Brand() {
  return (
    <a className="brand" href="/">
      <img src={mark} alt="" />
      Levee
    </a>
  )
}

export function Waiting({ what }: { what: string }) {
  return (
    <div className="page">
      <main className="centre" aria-busy="true">
        <div className="spinner" aria-hidden="true" />
        <p role="status">{what} …</p>
      </main>
    </div>
  )
}

/** The last resort: a fault of ours took the page. */
export function Broken() {
  return (
    <div className="page">
      <header className="page-head">
        <Brand />
      </header>
      <main className="centre" role="alert">
        <h1>Something broke on this page</h1>
        <p>It is not your doing. Load the page again: your name and your devices are remembered.</p>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Load again
        </button>
      </main>
    </div>
  )
}
