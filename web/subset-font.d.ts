/** The package has no types of its own; this is what font-subset.ts uses of it. */
declare module 'subset-font' {
  export default function subsetFont(
    font: Buffer,
    text: string,
    options: {
      targetFormat: 'woff2'
      variationAxes: Record<string, { min: number; max: number; default: number }>
      keepFeatures: readonly string[]
    },
  ): Promise<Buffer>
}
