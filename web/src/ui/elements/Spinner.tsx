import { classNames } from '../class-names.ts'
import styles from './spinner.module.css'

export function Spinner({ className }: { className?: string | undefined }) {
  return <span className={classNames(styles.spinner, className)} aria-hidden="true" />
}
