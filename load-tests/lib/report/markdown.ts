// Parts of a report.

export type Row = readonly (string | number)[]

export function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A figure beside its target, with a word for the result. */
export const verdict = (what: string, value: number, met: boolean, target: string, digits = 2): string =>
  `- ${what}: ${value.toFixed(digits)} (target ${target}: ${met ? 'met' : 'missed'})`
