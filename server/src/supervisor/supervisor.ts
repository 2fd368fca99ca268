import { join } from 'node:path'
import { banner } from './banner.ts'
import { Child, type ChildOptions } from './child.ts'
import { type DatabaseUrls, EmbeddedDatabase, prepareDatabase, prepareExternalDatabase } from './database.ts'
import type { Settings } from './env.ts'
import { formatLogLine } from './log-line.ts'
import { freePort, requireFreePort } from './port.ts'
import { childEnvironment, portalEnvironment, serverEnvironment, workerEnvironment } from './process-environment.ts'
import { waitUntilReady } from './readiness.ts'
import { installationSecret } from './secret.ts'
import { createTenants } from './tenants.ts'
import { watchSources } from './watch-sources.ts'
import { WORKER_FLAGS } from './worker-flags.ts'

const READY_MS_MAX = 120_000

export type SupervisorOptions = {
  settings: Settings
  /** What the processes inherit. */
  environment: NodeJS.ProcessEnv
  /** The checkout. */
  root: string
  /** Start processes anew when their sources change, and serve the portal's sources instead of its build. */
  watch: boolean
  /** Called once when something that was running cannot be kept running. */
  onGiveUp: (sentence: string) => void
}

/** Runs database, server and worker (and, while developing, the portal) and ends them in the right order. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #children: Child[] = []
  #database: EmbeddedDatabase | null = null
  #stopWatching: () => void = () => {}
  #stopping: Promise<void> | null = null

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** Starts everything; answers when the server is ready, or as soon as a stop was asked for. */
  async start(): Promise<void> {
    const began = performance.now()
    const { settings, watch } = this.#options
    const secret = installationSecret(settings)
    await requireFreePort(settings.port, settings.host)

    const urls = await this.#prepareDatabase(secret)
    if (this.#stopping) return
    const demo = await createTenants({ settings, urls, secret, log: (line) => this.#say('setup', line) })
    if (this.#stopping) return

    await this.#startChildren(urls, secret)
    const url = `http://${settings.host === '0.0.0.0' || settings.host === '::' ? 'localhost' : settings.host}:${settings.port}`
    await waitUntilReady(url, { timeoutMs: READY_MS_MAX, isCancelled: () => this.#stopping !== null })
    if (this.#stopping) return
    for (const child of this.#children) child.markWorking()
    if (watch) this.#watch()
    const seconds = Math.round((performance.now() - began) / 100) / 10
    console.log(banner({ url: settings.publicUrl ?? url, demo, seconds }))
  }

  /** Server and worker finish what they do, then Postgres stops. Safe to call at any time and many times. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    this.#stopWatching()
    await Promise.all(this.#children.map((child) => child.stop()))
    await this.#database?.stop()
  }

  async #prepareDatabase(secret: string): Promise<DatabaseUrls> {
    const { settings, onGiveUp } = this.#options
    const log = (line: string) => this.#say('postgres', line)
    if (settings.databaseUrl !== null) return prepareExternalDatabase(settings, secret)
    this.#database = new EmbeddedDatabase(settings.dataDir, { log, onGiveUp })
    return prepareDatabase(await this.#database.start(), secret)
  }

  async #startChildren(urls: DatabaseUrls, secret: string): Promise<void> {
    const { settings, environment, root, watch } = this.#options
    const base = childEnvironment(environment, { watch })
    const portalPort = watch ? await freePort() : null
    if (portalPort !== null) this.#startPortal(portalPort, base)
    const portal = portalPort === null ? { dir: join(root, 'web') } : { url: `http://127.0.0.1:${portalPort}` }
    this.#startChild('server', join(root, 'server/src/main.ts'), {
      ...base,
      ...serverEnvironment({ settings, urls, secret, portal }),
    })
    const worker = { ...base, ...workerEnvironment({ settings, urls, secret }) }
    this.#startChild('worker', join(root, 'workers/src/main.ts'), worker, { v8Flags: WORKER_FLAGS })
  }

  #startPortal(port: number, base: NodeJS.ProcessEnv): void {
    const { settings, root } = this.#options
    const next = join(root, 'node_modules/next/dist/bin/next')
    const env = { ...base, ...portalEnvironment(settings) }
    this.#startChild('portal', next, env, {
      args: ['dev', join(root, 'web'), '--port', String(port), '--hostname', '127.0.0.1'],
    })
  }

  #startChild(
    name: string,
    module: string,
    env: NodeJS.ProcessEnv,
    more: Pick<ChildOptions, 'args' | 'v8Flags'> = {},
  ): void {
    const { root, watch, onGiveUp } = this.#options
    const log = (line: string) => this.#say(name, line)
    // Somebody who develops mends the source, and the change starts the process again.
    const giveUp = watch && name !== 'portal' ? log : onGiveUp
    const child = new Child({ name, module, env, cwd: root, log, onGiveUp: giveUp, ...more })
    this.#children.push(child)
    child.start()
  }

  #watch(): void {
    const { root } = this.#options
    const folders = ['domain', 'prisma', 'workers', 'server'].map((name) => join(root, name, 'src'))
    const restarted = this.#children.filter(({ name }) => name !== 'portal')
    let underway: Promise<unknown> = Promise.resolve()
    this.#stopWatching = watchSources(folders, (file) => {
      this.#say('dev', `${file.slice(root.length + 1)} changed`)
      underway = underway.then(() => Promise.all(restarted.map((child) => child.restart())))
    })
  }

  #say(name: string, line: string): void {
    console.log(formatLogLine(name, line))
  }
}
