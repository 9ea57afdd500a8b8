import type { ReactNode } from 'react'
import { classNames } from '../../ui/class-names.ts'
import cardStyles from '../../ui/elements/card.module.css'
import styles from './card-table.module.css'

type Props = {
  /** Sets `--columns`, the widths. */
  className: string | undefined
  labelledBy: string
  columns: readonly string[]
  /** Elements with role="row". */
  children: ReactNode
}

/**
 * A table on a wide screen, cards on a narrow one, from the same markup. Not <table>: browsers drop its meaning for
 * screen readers when its rows are laid out as cards, while a role stays.
 */
export function CardTable({ className, labelledBy, columns, children }: Props) {
  return (
    <div className={classNames(cardStyles.card, styles.table, className)}>
      <div role="table" aria-labelledby={labelledBy}>
        <div className={styles.head} role="rowgroup">
          <div role="row">
            {columns.map((column) => (
              <div key={column} role="columnheader">
                {column}
              </div>
            ))}
          </div>
        </div>
        <div className={styles.rows} role="rowgroup">
          {children}
        </div>
      </div>
    </div>
  )
}

type CellProps = {
  /** Heading of the cell's column, which a card shows above the value. */
  column: string
  /** On a card, the cell takes the whole width, without the heading. */
  wide?: boolean
  /** In a table, the cell takes the next column as well. */
  double?: boolean
  children: ReactNode
}

export function Cell({ column, wide = false, double = false, children }: CellProps) {
  return (
    <div
      className={wide ? styles.wide : styles.cell}
      role="cell"
      data-column={column}
      aria-colspan={double ? 2 : undefined}
    >
      {children}
    </div>
  )
}

/** A second, quieter line in a cell. */
export function CellNote({ children }: { children: ReactNode }) {
  return <span className={styles.note}>{children}</span>
}
