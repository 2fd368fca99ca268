import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import pg from 'pg'
import { importCatalogue } from '../catalogue/import-catalogue.ts'
import { readShippedCatalogue } from '../catalogue/load-catalogue.ts'
import { applyMigrations } from '../migrate/apply-migrations.ts'
import { migrationNames } from '../migrate/migration-list.ts'
import { migrationsFolder } from '../migrate/paths.ts'
import { provisionRoles, type RoleUrls } from '../tenancy/provision-roles.ts'
import { databaseUrl } from './ensure-database.ts'
import { sleep } from './processes.ts'
import { borrowTestServer, type ServerLease } from './test-server.ts'

export interface TestDatabase extends RoleUrls {
  /** Superuser: for arranging and for looking at everything. */
  readonly ownerUrl: string
  readonly name: string
  drop(): Promise<void>
}

/** One for all: role passwords belong to the cluster, and all tests share one. */
export const testSecret = 'outlay-test-secret-outlay-test-secret'

/**
 * A fresh, migrated database with working roles on a real Postgres: the one of OUTLAY_TEST_PG, else one that all tests
 * of this machine's user share and that ends by itself.
 */
export async function createTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const lease = await borrowTestServer()
  try {
    const name = `outlay_test_${process.pid}_${randomBytes(6).toString('hex')}`
    const ownerUrl = databaseUrl(lease.adminUrl, name)
    const empty = options.migrated === false
    await asAdmin(lease.adminUrl, async (admin) => {
      const template = empty ? 'template0' : await migratedTemplate(admin, lease.adminUrl)
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
    })
    const urls = empty
      ? { appUrl: '', authUrl: '', queueUrl: '' }
      : await provisionRoles({ ownerUrl, secret: testSecret })
    return { ...urls, ownerUrl, name, drop: () => drop(lease, name) }
  } catch (error) {
    await lease.release()
    throw error
  }
}

async function drop(lease: ServerLease, name: string): Promise<void> {
  await asAdmin(lease.adminUrl, async (admin) => {
    // Pools that were just ended are still saying goodbye; cutting them off would surface as an error in the test.
    for (let waitedMs = 0; waitedMs < 2_000 && (await connections(admin, name)) > 0; waitedMs += 20) await sleep(20)
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  })
  await lease.release()
}

async function connections(admin: pg.Client, database: string): Promise<number> {
  const { rows } = await admin.query('SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1', [database])
  return rows[0].n as number
}

async function asAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 })
  admin.on('error', () => {})
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

/** The migrated database that all others are copied from; made once for every state of migrations and catalogue and version of BullMQ. */
async function migratedTemplate(admin: pg.Client, adminUrl: string): Promise<string> {
  const name = `outlay_template_${await templateHash()}`
  if (await exists(admin, name)) return name
  await admin.query('SELECT pg_advisory_lock(hashtext($1))', [name])
  try {
    if (await exists(admin, name)) return name
    const building = `${name}_building`
    await admin.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`)
    await admin.query(`CREATE DATABASE ${building} TEMPLATE template0`)
    await applyMigrations({ url: databaseUrl(adminUrl, building) })
    // Loaded here only: it brings the whole of BullMQ, which few tests need.
    const { applyQueueMigrations } = await import('../migrate/apply-queue-migrations.ts')
    await applyQueueMigrations({ url: databaseUrl(adminUrl, building) })
    await importCatalogue({ url: databaseUrl(adminUrl, building) })
    await admin.query(`ALTER DATABASE ${building} RENAME TO ${name}`)
    return name
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtext($1))', [name])
  }
}

async function exists(admin: pg.Client, database: string): Promise<boolean> {
  return (await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])).rowCount === 1
}

async function templateHash(): Promise<string> {
  const hash = createHash('sha256')
    .update(bullmqVersion())
    .update(await readShippedCatalogue())
  for (const name of migrationNames(migrationsFolder)) {
    hash.update(name).update(readFileSync(path.join(migrationsFolder, name, 'migration.sql')))
  }
  return hash.digest('hex').slice(0, 20)
}

function bullmqVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('bullmq/package.json')
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
