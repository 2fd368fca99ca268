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
  return new MigrationError(error instanceof Error ? error.message : String(error), { cause: error })
}
