import type { DiagnoseMigrationHistoryOutput } from '@prisma/schema-engine-wasm/schema_engine_bg'
import { withEngine } from './engine.ts'
import { migrationErrorFrom } from './migration-error.ts'
import { migrationList } from './migration-list.ts'
import { migrationsFolder } from './paths.ts'

export interface MigrationStatus {
  readonly upToDate: boolean
  /** In the folder, not in the database. */
  readonly unapplied: string[]
  /** In the database, not in the folder: a newer Outlay wrote it. */
  readonly unknown: string[]
  readonly failed: string[]
  /** Changed after they were applied. */
  readonly edited: string[]
}

/** Compares the migrations of the folder with those the database has recorded; changes nothing. */
export async function migrationStatus(options: { url: string; folder?: string }): Promise<MigrationStatus> {
  const list = migrationList(options.folder ?? migrationsFolder)
  const found = await withEngine({ url: options.url }, (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: list,
      optInToShadowDatabase: false,
      filters: { externalTables: [], externalEnums: [] },
    }),
  ).catch((error) => Promise.reject(migrationErrorFrom(error)))
  const history = found.history
  const unapplied = history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : []
  const unknown = unknownMigrations(found)
  const [failed, edited] = [found.failedMigrationNames, found.editedMigrationNames]
  return {
    upToDate: ![unapplied, unknown, failed, edited].some((l) => l.length > 0),
    unapplied,
    unknown,
    failed,
    edited,
  }
}

export function unknownMigrations({ history }: DiagnoseMigrationHistoryOutput): string[] {
  return history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : []
}
