import { defineConfig } from '@lingui/cli'
import { formatter } from '@lingui/format-po'

const inSrc = (...folders: string[]) => folders.map((folder) => `<rootDir>/src/${folder}`)

/** Folders that only the meeting, or only the operations page, loads. */
const MEETING = inSrc('meeting', 'meeting-page', 'stage', 'chat', 'people', 'controls')
const OPS = inSrc('ops')

export default defineConfig({
  sourceLocale: 'en',
  locales: ['en'],
  // One catalogue per part of the client that loads by itself, so a join link does not wait for the texts of a meeting.
  catalogs: [
    { path: '<rootDir>/src/i18n/{locale}/shared', include: inSrc(''), exclude: [...MEETING, ...OPS] },
    { path: '<rootDir>/src/i18n/{locale}/meeting', include: MEETING },
    { path: '<rootDir>/src/i18n/{locale}/ops', include: OPS },
  ],
  // Line numbers would change the catalogues with every edit of a source file.
  format: formatter({ lineNumbers: false }),
  // Messages are written with `@lingui/core/runtime-macro`, which Node can also run without a build.
  experimental: { runtimeMacro: true },
})
