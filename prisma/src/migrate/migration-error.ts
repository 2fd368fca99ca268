import { takePanic } from './engine.ts'

/** One sentence about a migration, for the person who starts or upgrades an installation. */
export class MigrationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrationError'
  }
}

export function migrationErrorFrom(error: unknown): MigrationError {
  const panic = takePanic()
  if (panic) return new MigrationError(`The schema engine panicked: ${panic}`, { cause: error })
  const text = error instanceof Error ? error.message : String(error)
  const name = /migration_name="([^"]+)"/.exec(text)?.[1]
  // Behind the message the engine lists its own source lines.
  const fact = (text.split(/\n\s+0: /)[0] ?? text)
    .replace(/^external connector error\s*/, '')
    .replace(/^Error querying the database:\s*/, '')
    .trim()
  return new MigrationError(name ? `Migration ${name} failed and was undone: ${fact}` : fact, { cause: error })
}
