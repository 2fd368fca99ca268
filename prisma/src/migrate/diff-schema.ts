import { readFileSync } from 'node:fs'
import { withEngine } from './engine.ts'
import { migrationErrorFrom } from './migration-error.ts'
import { migrationList } from './migration-list.ts'
import { migrationsFolder, schemaFile } from './paths.ts'

export interface SchemaDiff {
  /** 0: the migrations make exactly what the schema says; 2: they differ. */
  readonly exitCode: number
  /** The SQL that would bring the migrations to the schema. */
  readonly sql: string
}

/**
 * Applies the migrations to a shadow database (made and dropped on the server of `url`, which itself is not touched)
 * and compares the result with schema.prisma.
 */
export async function diffSchema(options: { url: string; folder?: string; schema?: string }): Promise<SchemaDiff> {
  const schema = options.schema ?? schemaFile
  const files = [{ path: schema, content: readFileSync(schema, 'utf8') }]
  const result = await withEngine({ url: options.url, schema }, (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...migrationList(options.folder ?? migrationsFolder) },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    }),
  ).catch((error) => Promise.reject(migrationErrorFrom(error)))
  return { exitCode: result.exitCode, sql: result.stdout ?? '' }
}
