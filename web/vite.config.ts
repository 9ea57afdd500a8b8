import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { lingui } from '@lingui/vite-plugin'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { subsetInter } from './font-subset.ts'

export default defineConfig({
  plugins: [
    // `macroTransform` leaves only the ids of messages in the code; their texts come from the catalogues.
    lingui({
      configPath: fileURLToPath(new URL('lingui.config.ts', import.meta.url)),
      macroTransform: true,
      failOnMissing: true,
      failOnCompileError: true,
    }),
    react(),
    subsetInter(),
    precompress(),
  ],
  // React has this hook itself; the package is a shim for older versions.
  resolve: { alias: { 'use-sync-external-store/shim': 'react' } },
  build: {
    target: 'es2023',
    // A data: URL would need a wider Content-Security-Policy than 'self'.
    assetsInlineLimit: 0,
    // Every browser with the WebRTC that LiveKit needs also has modulepreload.
    modulePreload: { polyfill: false },
    // livekit-client is one module of 500 KB; it is loaded while the person types.
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/v1': process.env['LEVEE_API'] ?? 'http://localhost:8080' } },
})

/** Compresses text files once: the control plane sends them as they are and needs no CPU for that during many joins. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    // After everything is written, because other plugins still change code while the bundle is generated.
    writeBundle({ dir = 'dist' }, bundle) {
      for (const name of Object.keys(bundle).filter((name) => /\.(?:js|css|svg)$/.test(name))) {
        const file = join(dir, name)
        const source = readFileSync(file)
        writeFileSync(`${file}.gz`, gzipSync(source, { level: 9 }))
        writeFileSync(`${file}.br`, brotliCompressSync(source))
      }
    },
  }
}
