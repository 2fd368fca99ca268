import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface ServerSettings {
  appUrl: string
  authUrl: string
  queueUrl: string
  secret: string
  port: number
  environment?: Record<string, string>
}

const serverMain = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const readyMsMax = 120_000

/** The real server as a process of its own, as in production, on 127.0.0.1. */
export class ServerProcess {
  readonly url: string
  readonly #settings: ServerSettings
  #child: ChildProcess | null = null
  #output = ''

  constructor(settings: ServerSettings) {
    this.#settings = settings
    this.url = `http://127.0.0.1:${settings.port}`
  }

  /** Starts it and answers when it says that it is ready; a server that ends instead fails with what it said. */
  async start(): Promise<void> {
    const { appUrl, authUrl, queueUrl, secret, port, environment } = this.#settings
    const { NODE_OPTIONS: _jest, ...inherited } = process.env
    const child = spawn(process.execPath, ['--import', tsx, serverMain], {
      // The channel closes with this process, however it ends, and the server stops when it does.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...inherited,
        NODE_ENV: 'production',
        OUTLAY_HOST: '127.0.0.1',
        OUTLAY_PORT: String(port),
        APP_DATABASE_URL: appUrl,
        AUTH_DATABASE_URL: authUrl,
        QUEUE_DATABASE_URL: queueUrl,
        OUTLAY_SECRET: secret,
        OUTLAY_API_URL: this.url,
        OUTLAY_LOG_LEVEL: 'warn',
        ...environment,
      },
    })
    this.#child = child
    child.channel?.unref()
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-20_000)
      })
    await this.#untilReady(child)
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const end = Date.now() + readyMsMax
    while (Date.now() < end) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The server ended before it was ready:\n${this.#output}`)
      const ready = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
        (response) => response.status === 200,
        () => false,
      )
      if (ready) return
      await sleep(50)
    }
    throw new Error(`The server was not ready within ${readyMsMax / 1000} s:\n${this.#output}`)
  }

  /** What it wrote to its log, the last 20,000 characters. */
  get output(): string {
    return this.#output
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends it as an operator would. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    // A server that does not end by itself must not hold up the tests after this one.
    const patience = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await exited
    clearTimeout(patience)
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  if (address === null || typeof address === 'string') throw new Error('No port.')
  probe.close()
  await once(probe, 'close')
  return address.port
}
