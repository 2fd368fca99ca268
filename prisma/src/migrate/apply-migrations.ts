import type { DiagnoseMigrationHistoryOutput } from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'
import { withEngine } from './engine.ts'
import { MigrationError, migrationErrorFrom } from './migration-error.ts'
import { migrationList } from './migration-list.ts'
import { unknownMigrations } from './migration-status.ts'
import { migrationsFolder } from './paths.ts'

// Any number but Prisma's own (72707369), which the engine takes itself on another connection.
const applierLock = 7_270_737_021

/**
 * Applies the migrations that the database has not seen, in order, each as one transaction, and records them in
 * `_prisma_migrations` as `prisma migrate deploy` does. Several processes may call it at once: they take turns.
 */
export async function applyMigrations(options: { url: string; folder?: string }): Promise<{ applied: string[] }> {
  const list = migrationList(options.folder ?? migrationsFolder)
  return await withApplierLock(options.url, () =>
    withEngine({ url: options.url }, async (engine) => {
      const filters = { externalTables: [], externalEnums: [] }
      const history = await engine
        .diagnoseMigrationHistory({ migrationsList: list, optInToShadowDatabase: false, filters })
        .catch((error) => Promise.reject(migrationErrorFrom(error)))
      refuse(history)
      const result = await engine
        .applyMigrations({ migrationsList: list, filters })
        .catch((error) => Promise.reject(migrationErrorFrom(error)))
      return { applied: result.appliedMigrationNames }
    }),
  )
}

function refuse(history: DiagnoseMigrationHistoryOutput): void {
  const [failed] = history.failedMigrationNames
  if (failed) {
    throw new MigrationError(
      `Migration ${failed} failed before and was rolled back: after repairing its cause, delete its row from _prisma_migrations and start again.`,
    )
  }
  const [newer] = unknownMigrations(history)
  if (newer) {
    throw new MigrationError(
      `This database was already migrated by a newer Outlay (it knows ${newer}): start that version, or restore a backup from before it.`,
    )
  }
  const [edited] = history.editedMigrationNames
  if (edited) {
    throw new MigrationError(
      `Migration ${edited} was changed after this database applied it: restore the file and put the change into a new migration.`,
    )
  }
}

async function withApplierLock<T>(url: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query("SET lock_timeout = '5min'; SET statement_timeout = 0")
    await client.query('SELECT pg_advisory_lock($1)', [applierLock])
    return await work()
  } finally {
    await client.end()
  }
}
