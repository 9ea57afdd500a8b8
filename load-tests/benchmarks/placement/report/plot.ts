// A line chart as SVG, both axes logarithmic.

export interface Line {
  name: string
  points: readonly { x: number; y: number }[]
}

const SIZE = { width: 760, height: 420 }
const FRAME = { left: 76, right: 236, top: 44, bottom: 52 }
const COLOURS = ['#0b7285', '#e8590c', '#5f3dc4', '#2b8a3e', '#c2255c', '#495057']

const decades = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i))
const label = (value: number): string => value.toLocaleString('en-GB', { maximumSignificantDigits: 3 })
const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`

/** Every value must be above 0. */
export function plot(title: string, xName: string, yName: string, lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points)
  const [x0, x1] = [Math.min(...all.map(({ x }) => x)), Math.max(...all.map(({ x }) => x))]
  const low = Math.floor(Math.log10(Math.min(...all.map(({ y }) => y))))
  const high = Math.ceil(Math.log10(Math.max(...all.map(({ y }) => y))))
  const inner = { w: SIZE.width - FRAME.left - FRAME.right, h: SIZE.height - FRAME.top - FRAME.bottom }
  const px = (x: number) => FRAME.left + (Math.log(x / x0) / Math.log(x1 / x0)) * inner.w
  const py = (y: number) => FRAME.top + inner.h - ((Math.log10(y) - low) / (high - low)) * inner.h
  const grid = decades(low, high).map(
    (y) =>
      `<line x1="${FRAME.left}" x2="${FRAME.left + inner.w}" y1="${py(y).toFixed(1)}" y2="${py(y).toFixed(1)}" stroke="#adb5bd" stroke-opacity="0.5"/>` +
      text(FRAME.left - 8, py(y) + 4, label(y), 'text-anchor="end"'),
  )
  const ticks = [...new Set(all.map(({ x }) => x))].map((x) =>
    text(px(x), FRAME.top + inner.h + 20, label(x), 'text-anchor="middle"'),
  )
  const drawn = lines.map(({ points }, i) => {
    const colour = COLOURS[i % COLOURS.length]
    const path = points.map(({ x, y }) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' ')
    const dots = points.map(
      ({ x, y }) => `<circle cx="${px(x).toFixed(1)}" cy="${py(y).toFixed(1)}" r="3" fill="${colour}"/>`,
    )
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`
  })
  // Each name is placed at the end of its line, and moved down if two would overlap.
  const ends = lines
    .map(({ name, points }, i) => ({ name, i, y: py(points.at(-1)?.y ?? 1) }))
    .toSorted((a, b) => a.y - b.y)
  for (let i = 1; i < ends.length; i++) ends[i]!.y = Math.max(ends[i]!.y, ends[i - 1]!.y + 16)
  const names = ends.map(({ name, i, y }) =>
    text(FRAME.left + inner.w + 10, y + 4, name, `fill="${COLOURS[i % COLOURS.length]}"`),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="system-ui, sans-serif" font-size="12" fill="#495057">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(FRAME.left, 24, title, 'font-size="15" font-weight="600" fill="#212529"'),
    ...grid,
    ...ticks,
    text(FRAME.left + inner.w / 2, SIZE.height - 12, xName, 'text-anchor="middle"'),
    text(
      16,
      FRAME.top + inner.h / 2,
      yName,
      `text-anchor="middle" transform="rotate(-90 16 ${FRAME.top + inner.h / 2})"`,
    ),
    ...drawn,
    ...names,
    '</svg>',
    '',
  ].join('\n')
}
