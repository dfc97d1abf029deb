import { defineConfig } from 'vitest/config'

// Chromium, and a server on a demo shop: one for each file.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    expect: { poll: { timeout: 20_000 } },
    // A page that fails is shown as it was.
    onConsoleLog: () => undefined,
  },
})
