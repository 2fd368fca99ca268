import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartFailure } from './failure.ts'
import type { Settings } from './env.ts'

/**
 * The installation's secret: given, or made once and kept in the data folder for its owner's eyes only. With an external
 * database it must be given, because another machine could not come to the same one.
 */
export function installationSecret({ secret, databaseUrl, dataDir }: Settings): string {
  if (secret !== null) return secret
  if (databaseUrl !== null) {
    throw new StartFailure(
      'OUTLAY_SECRET is needed with an external database (DATABASE_URL): at least 32 random characters, the same at every start.',
    )
  }
  const file = join(dataDir, 'secret')
  try {
    mkdirSync(dataDir, { recursive: true })
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(dataDir, error)
  }
  return readSecret(file, dataDir)
}

function readSecret(file: string, dataDir: string): string {
  let kept: string
  try {
    kept = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw unusable(dataDir, error)
  }
  if (kept.length >= 32) return kept
  throw new StartFailure(
    `The secret in ${file} is damaged (${kept.length} of at least 32 characters): put the right file back, or remove it to sign everybody out and make a new one.`,
  )
}

function unusable(dataDir: string, error: unknown): StartFailure {
  return new StartFailure(
    `The data folder ${dataDir} cannot be used: ${(error as Error).message.replace(/^E[A-Z]+: /, '')}; set OUTLAY_DATA_DIR to another folder.`,
  )
}
