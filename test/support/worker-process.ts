import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { testSecret } from '@outlay/db/embedded/test-database'

export interface WorkerSettings {
  appUrl: string
  authUrl: string
  queueUrl: string
  environment?: Record<string, string>
}

const workerMain = fileURLToPath(new URL('../../workers/src/main.ts', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** The real worker as a process of its own, as in production. Jobs that are there before it wait for it. */
export class WorkerProcess {
  readonly #settings: WorkerSettings
  #child: ChildProcess | null = null

  constructor(settings: WorkerSettings) {
    this.#settings = settings
  }

  start(): void {
    const { appUrl, authUrl, queueUrl, environment } = this.#settings
    const { NODE_OPTIONS: _jest, ...inherited } = process.env
    const child = spawn(process.execPath, ['--import', tsx, workerMain], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...inherited,
        NODE_ENV: 'production',
        APP_DATABASE_URL: appUrl,
        AUTH_DATABASE_URL: authUrl,
        QUEUE_DATABASE_URL: queueUrl,
        OUTLAY_SECRET: testSecret,
        OUTLAY_LOG_LEVEL: 'warn',
        ...environment,
      },
    })
    // A run that ends without stopping it must not leave it behind.
    const endToo = () => child.kill('SIGKILL')
    process.once('exit', endToo)
    child.once('exit', () => process.off('exit', endToo))
    this.#child = child
  }

  /** Ends it as an operator would; a worker that does not end by itself must not hold up what comes after. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    const patience = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await exited
    clearTimeout(patience)
  }
}
