import styles from './name-tag.module.css'

/** A number that tells people with equal names apart. It is drawn apart from the name, where no name can imitate it. */
export function NameTag({ tag }: { tag: string }) {
  return <span className={styles.tag}>#{tag}</span>
}
