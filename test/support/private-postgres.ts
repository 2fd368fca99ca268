import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureDatabase } from '@outlay/db/embedded/ensure-database'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@outlay/db/embedded/start'
import { applyMigrations } from '@outlay/db/migrate/apply-migrations'
import { applyQueueMigrations } from '@outlay/db/migrate/apply-queue-migrations'
import { provisionRoles, type RoleUrls } from '@outlay/db/tenancy/provision-roles'

/** A Postgres of its own for a test that crashes it: durable as in production, on one port through all its lives. */
export class PrivatePostgres {
  readonly folder = mkdtempSync(join(tmpdir(), 'outlay-crash-'))
  /** Waiting for the end of Postgres does not keep this process alive by itself. */
  readonly #awake = setInterval(() => {}, 1_000)
  #server: EmbeddedPostgres | null = null

  constructor() {
    // Where root runs the tests, Postgres runs as another user, who must be able to enter.
    chmodSync(this.folder, 0o755)
  }

  async start(secret: string): Promise<RoleUrls & { ownerUrl: string }> {
    const server = await this.#launch()
    const ownerUrl = await ensureDatabase(server.adminUrl, 'outlay')
    await applyMigrations({ url: ownerUrl })
    await applyQueueMigrations({ url: ownerUrl })
    return { ownerUrl, ...(await provisionRoles({ ownerUrl, secret })) }
  }

  /** Kills the postmaster without warning and starts it again: it must recover from its log. */
  async crash(): Promise<void> {
    const server = this.#server
    if (server === null) throw new Error('Postgres is not running.')
    process.kill(server.pid, 'SIGKILL')
    await server.exited
    const { port } = await this.#launch(server.port)
    if (port !== server.port) throw new Error(`Postgres came back on port ${port} instead of ${server.port}.`)
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    clearInterval(this.#awake)
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #launch(port?: number): Promise<EmbeddedPostgres> {
    this.#server = await startEmbeddedPostgres({ dataDir: join(this.folder, 'data'), port })
    return this.#server
  }
}
