import type { ReactNode } from 'react'

type Props = {
  /** Its columns, in tables.css. */
  kind: 'node-table' | 'site-table'
  labelledBy: string
  heads: readonly string[]
  /** Elements with role="row". */
  children: ReactNode
}

/**
 * A table on a desktop, cards on a phone: the same markup, laid out by the style sheet. Not <table>: browsers
 * take its meaning away when its rows are laid out as cards, while a role stays.
 */
export function WideTable({ kind, labelledBy, heads, children }: Props) {
  return (
    <div className={`card wide-table ${kind}`}>
      <div role="table" aria-labelledby={labelledBy}>
        <div className="table-heads" role="rowgroup">
          <div role="row">
            {heads.map((head) => (
              <div key={head} role="columnheader">
                {head}
              </div>
            ))}
          </div>
        </div>
        <div className="table-rows" role="rowgroup">
          {children}
        </div>
      </div>
    </div>
  )
}
