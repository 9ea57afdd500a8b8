// JSON for files that people read and Git compares.
import { JSON_WIDTH } from '../tuning.ts'

/** Values that fit on one line stay on one line. */
export function readableJson(value: unknown, indent = ''): string {
  const line = JSON.stringify(value, null, 1).split(/\n */).join(' ')
  if (typeof value !== 'object' || value === null || indent.length + line.length <= JSON_WIDTH) return line
  const inner = `${indent} `
  const parts = Array.isArray(value)
    ? value.map((part) => readableJson(part, inner))
    : Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([name, part]) => `${JSON.stringify(name)}: ${readableJson(part, inner)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`
}
