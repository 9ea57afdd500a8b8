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
