import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { canEnter, postgresAccount, type Account } from './account.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { stopOrphan } from './orphan.ts'
import { systemHome } from './system-home.ts'

/** The folder that holds the cluster, its log and its lock, and who runs Postgres in it. */
export interface Home {
  readonly folder: string
  readonly cluster: string
  readonly logFile: string
  readonly account: Account | null
}

const noteName = 'DATA-IS-ELSEWHERE.txt'

/** Decides where the data of the requested folder lives: inside it, or, when root's Postgres user cannot enter it, beside. */
export async function findHome(requested: string, log: (line: string) => void): Promise<Home> {
  if (!existsSync(requested)) {
    mkdirSync(requested, { recursive: true })
    chmodSync(requested, 0o755)
  }
  const folder = realpathSync(requested)
  const account = postgresAccount(path.join(folder, 'cluster'))
  const note = path.join(folder, noteName)
  const elsewhere = existsSync(note) ? lastLine(note) : null
  if (!account) {
    if (elsewhere && !existsSync(path.join(folder, 'cluster'))) {
      throw new EmbeddedPostgresError(
        'UNREACHABLE',
        `The data of ${folder} was created by root and is in ${elsewhere}: start Outlay as root, or remove ${note} to begin with an empty database.`,
      )
    }
    return at(folder, null)
  }
  if (existsSync(path.join(folder, 'cluster'))) {
    if (canEnter(folder, account)) return at(folder, account)
    throw new EmbeddedPostgresError(
      'UNREACHABLE',
      `The data folder ${folder} cannot be entered by the user ${account.name} that runs Postgres for root: allow it on that folder and every folder above it (chmod o+x).`,
    )
  }
  if (!elsewhere && canEnter(folder, account)) return at(folder, account)
  return movedHome({ requested: folder, note, known: elsewhere !== null, log })
}

async function movedHome(options: {
  requested: string
  note: string
  known: boolean
  log: (line: string) => void
}): Promise<Home> {
  const name = createHash('sha256').update(options.requested).digest('hex').slice(0, 16)
  const folder = path.join(systemHome(), name)
  if (!options.known && existsSync(folder)) {
    // The requested folder was deleted and made anew: its owner wants to start afresh. Old data is never deleted here.
    await stopOrphan(path.join(folder, 'cluster'))
    const aside = `${folder}.old-${Date.now()}`
    renameSync(folder, aside)
    options.log(`data of an earlier ${options.requested} is kept in ${aside}`)
  }
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  writeFileSync(path.join(folder, 'DATA-OF.txt'), `This is the data of:\n${options.requested}\n`)
  writeFileSync(
    options.note,
    `Postgres does not run as root, and the user that runs it cannot enter this folder.\nIts data is therefore in:\n${folder}\n`,
  )
  return at(folder, postgresAccount(path.join(folder, 'cluster')))
}

const at = (folder: string, account: Account | null): Home => ({
  folder,
  account,
  cluster: path.join(folder, 'cluster'),
  logFile: path.join(folder, 'postgres.log'),
})

const lastLine = (file: string): string => readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? ''
