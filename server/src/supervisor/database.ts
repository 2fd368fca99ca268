import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { importCatalogue } from '@outlay/db/catalogue/import-catalogue'
import { ensureDatabase } from '@outlay/db/embedded/ensure-database'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@outlay/db/embedded/start'
import { applyMigrations } from '@outlay/db/migrate/apply-migrations'
import { applyQueueMigrations } from '@outlay/db/migrate/apply-queue-migrations'
import { provisionRoles, type RoleUrls } from '@outlay/db/tenancy/provision-roles'
import { CrashLimit } from './crash-limit.ts'
import type { Settings } from './env.ts'
import { StartFailure } from './failure.ts'
import { PostgresGuard } from './postgres-guard.ts'

export type DatabaseUrls = RoleUrls & { ownerUrl: string }

/** A server that ends sooner after it was ready is taken for a broken one. */
const BROKEN_MS_MAX = 3_000

type Reports = { log: (line: string) => void; onGiveUp: (sentence: string) => void }

/** The embedded Postgres, kept running on one port until it is stopped. */
export class EmbeddedDatabase {
  readonly #dataDir: string
  readonly #reports: Reports
  readonly #crashes = new CrashLimit()
  #starting: Promise<EmbeddedPostgres> | null = null
  #guard: PostgresGuard | null = null
  #wanted = true

  constructor(dataDir: string, reports: Reports) {
    this.#dataDir = join(dataDir, 'postgres')
    this.#reports = reports
  }

  /** Answers the owner's address of the database `outlay`, which is made when it is missing. */
  async start(): Promise<string> {
    const { adminUrl } = await this.#launch()
    return ensureDatabase(adminUrl, 'outlay')
  }

  /** Fast shutdown: what is committed is on disk, nothing needs recovery at the next start. */
  async stop(): Promise<void> {
    this.#wanted = false
    // A start under way is waited for: a half started server would be left behind.
    const server = await this.#starting?.catch(() => null)
    await server?.stop()
    this.#guard?.dismiss()
  }

  async #launch(port?: number): Promise<EmbeddedPostgres> {
    this.#starting = startEmbeddedPostgres({ dataDir: this.#dataDir, log: this.#reports.log, port })
    const server = await this.#starting
    this.#guard?.dismiss()
    this.#guard = new PostgresGuard({ cluster: join(server.folder, 'cluster'), pid: server.pid })
    const readyMs = Date.now()
    void server.exited.then(() => this.#ended(server.port, Date.now() - readyMs))
    return server
  }

  /** A server that ended by itself comes back on its port, so that every connection string stays right. */
  async #ended(port: number, livedMs: number): Promise<void> {
    if (!this.#wanted) return
    // Postgres that worked for a while and ended was killed; one that ends as soon as it is ready is broken.
    const signal = livedMs > BROKEN_MS_MAX ? 'SIGKILL' : null
    const decision = this.#crashes.decide({ nowMs: Date.now(), signal })
    if (decision.kind === 'give-up') {
      this.#reports.onGiveUp(`Postgres ended again and again; see postgres.log in ${this.#dataDir}.`)
      return
    }
    this.#reports.log('ended unexpectedly and is started again')
    await sleep(decision.waitMs)
    try {
      const server = await this.#launch(port)
      if (server.port !== port) this.#reports.onGiveUp(`Postgres could not have its port ${port} again.`)
    } catch (error) {
      this.#reports.onGiveUp((error as Error).message)
    }
  }
}

/** Brings schema, job queue and price catalogue up to date and lets the restricted roles log in. */
export async function prepareDatabase(ownerUrl: string, secret: string): Promise<DatabaseUrls> {
  await applyMigrations({ url: ownerUrl })
  await applyQueueMigrations({ url: ownerUrl })
  await importCatalogue({ url: ownerUrl })
  const roles = await provisionRoles({ ownerUrl, secret })
  return { ...roles, ownerUrl }
}

/** The same for an external database, whose faults are the operator's to mend and told in one sentence. */
export async function prepareExternalDatabase(settings: Settings, secret: string): ReturnType<typeof prepareDatabase> {
  const { databaseUrl } = settings
  if (databaseUrl === null) throw new Error('no external database is configured')
  try {
    return await prepareDatabase(databaseUrl, secret)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // Five characters: Postgres refused. Anything else with a code: it could not be reached.
    if (code !== undefined)
      throw new StartFailure(`The database of DATABASE_URL cannot be used (${code}): ${message || 'no connection'}.`)
    throw error
  }
}
