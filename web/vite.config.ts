import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    // A data: URL would need a wider Content-Security-Policy than 'self'.
    assetsInlineLimit: 0,
    // Every browser that has WebRTC as LiveKit needs it also has modulepreload.
    modulePreload: { polyfill: false },
    // livekit-client is one module of 500 KB; it is loaded while the person types.
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/v1': process.env['LEVEE_API'] ?? 'http://localhost:8080' } },
})
