import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// Logic, without a browser and a server.
export default defineConfig({
  plugins: [react()],
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
})
