import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const program = process.env.KITH ?? join(import.meta.dirname, '..', '..', 'bin', 'kith')

/** A server of this build, on a folder of its own. */
export interface Kith {
  /** http://127.0.0.1:PORT */
  url: string
  /** The one-time link that makes the owner. */
  link: string
  /** Runs a command on the folder, and returns what it printed. */
  run: (...args: string[]) => Promise<string>
  stop: () => Promise<void>
}

/** Starts a server: "serve" on an empty folder, or "demo" with some customers. */
export async function startKith(command: 'serve' | 'demo', ...args: string[]): Promise<Kith> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-web-'))
  const data = join(folder, 'shop')
  const server = spawn(program, ['--data', data, command, '--addr', '127.0.0.1:0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  server.stderr.on('data', (text) => (said += String(text)))
  try {
    const { url, link } = await addresses(server)
    return {
      url,
      link,
      run: async (...args) => (await promisify(execFile)(program, ['--data', data, ...args], { maxBuffer: 1 << 26 })).stdout,
      stop: async () => {
        server.kill('SIGTERM')
        if (server.exitCode === null) await once(server, 'exit')
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    server.kill('SIGKILL')
    throw new Error(`kith ${command} did not start: ${said}`, { cause: error })
  }
}

async function addresses(server: ChildProcess): Promise<{ url: string; link: string }> {
  let url = ''
  if (server.stdout === null) throw new Error('no output')
  for await (const line of createInterface(server.stdout)) {
    url ||= /^http:\/\/127\.0\.0\.1:\d+$/.exec(line)?.[0] ?? ''
    const link = /http:\/\/127\.0\.0\.1:\d+\/welcome#\S+/.exec(line)?.[0]
    if (link !== undefined) return { url: url || new URL(link).origin, link }
  }
  throw new Error('it ended without a link')
}
