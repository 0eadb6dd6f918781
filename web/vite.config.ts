import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const server = process.env['CONFAB_DEV_SERVER'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  root: here('.'),
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: [
      { find: /^@\//, replacement: `${here('./src')}/` },
      // Contracts carry schemas for the server; in the browser only their addresses and types count.
      { find: /^typebox$/, replacement: here('./src/lib/typebox-absent.ts') },
      // The package writes <style> elements, which our content security policy forbids.
      { find: /^react-remove-scroll$/, replacement: here('./src/ui/scroll-lock.tsx') },
    ],
  },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2023',
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: {
    port: 5173,
    proxy: {
      '/api': server,
      '/avatars': server,
      '/files': server,
      '/streams': server,
      '/health': server,
      '/docs': server,
      '/openapi.json': server,
      '/ws': { target: server.replace(/^http/, 'ws'), ws: true },
    },
  },
})
