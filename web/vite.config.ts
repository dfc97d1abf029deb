import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// The binary holds the files compressed, and serves them so.
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle() {
      const folder = join(import.meta.dirname, 'dist', 'assets')
      for (const name of readdirSync(folder)) {
        const file = join(folder, name)
        if (!/\.(js|css|svg|json)$/.test(name)) continue
        const content = readFileSync(file)
        writeFileSync(file + '.gz', gzipSync(content, { level: constants.Z_BEST_COMPRESSION }))
        writeFileSync(file + '.br', brotliCompressSync(content))
        rmSync(file)
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), compressed()],
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'], // they know light-dark()
    assetsInlineLimit: 0, // the page may load files only
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // The name of a shared chunk is all of the pages that share it.
        chunkFileNames: (chunk) => `assets/${/^(shared|builder)~/.exec(chunk.name)?.[1] ?? '[name]'}-[hash].js`,
        codeSplitting: {
          // A request for each small module that pages share would cost more than what a page does without.
          groups: [
            { name: 'initial', tags: ['$initial'], priority: 1 },
            // What is large is not merged with what small pages share.
            { name: 'builder', test: /src\/segment\/builder\//, minShareCount: 2, entriesAware: true, priority: 1 },
            { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 5_000 },
          ],
        },
      },
    },
  },
  server: {
    // KITH names a running server: `kith serve`.
    proxy: { '/v1': process.env.KITH ?? 'http://127.0.0.1:7766', '/openapi.json': process.env.KITH ?? 'http://127.0.0.1:7766' },
  },
})
