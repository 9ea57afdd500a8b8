import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import subsetFont from 'subset-font'
import type { Plugin } from 'vite'

const SOURCE = createRequire(import.meta.url).resolve(
  '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
)
const SUBSET = fileURLToPath(new URL('node_modules/.levee-font/inter.woff2', import.meta.url))

/** As in `unicode-range` of src/ui/styles/fonts.css. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0xff],
  [0x131, 0x131],
  [0x152, 0x153],
  [0x2bb, 0x2bc],
  [0x2c6, 0x2c6],
  [0x2da, 0x2da],
  [0x2dc, 0x2dc],
  [0x304, 0x304],
  [0x308, 0x308],
  [0x329, 0x329],
  [0x2000, 0x206f],
  [0x20ac, 0x20ac],
  [0x2122, 0x2122],
  [0x2190, 0x2193],
  [0x2212, 0x2212],
  [0x2215, 0x2215],
  [0xfffd, 0xfffd],
]
/** The style sheets use 400 to 700. */
const WEIGHTS = { min: 400, max: 700, default: 400 }
/** Kerning, accents, tabular figures, and the forms that Inter picks by context. */
const FEATURES = ['calt', 'ccmp', 'kern', 'mark', 'mkmk', 'tnum']

const text = RANGES.flatMap(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)),
).join('')

/** Cuts the font to the weights, letters and features in use, as `inter.woff2`: 40% fewer bytes. */
export function subsetInter(): Plugin {
  return {
    name: 'subset-font',
    config: () => ({ resolve: { alias: { 'inter.woff2': SUBSET } } }),
    async buildStart() {
      mkdirSync(dirname(SUBSET), { recursive: true })
      const subset = await subsetFont(readFileSync(SOURCE), text, {
        targetFormat: 'woff2',
        variationAxes: { wght: WEIGHTS },
        keepFeatures: FEATURES,
      })
      writeFileSync(SUBSET, subset)
    },
  }
}
