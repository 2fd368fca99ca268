import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** The operating-system user that runs Postgres; null means the current one. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root, so root lends it one of these, whichever the machine has. */
const candidates = ['postgres', '_postgres', 'nobody']

/** Chooses who runs Postgres. A folder that already holds data is served by the user who owns it. */
export function postgresAccount(existingCluster: string): Account | null {
  if (process.getuid?.() !== 0) return null
  const known = readAccounts()
  const owner = existsSync(existingCluster) ? statSync(existingCluster) : null
  if (owner && owner.uid !== 0) {
    return known.find((a) => a.uid === owner.uid) ?? { name: `user ${owner.uid}`, uid: owner.uid, gid: owner.gid }
  }
  const account = candidates.map((name) => known.find((a) => a.name === name && a.uid !== 0)).find(Boolean)
  if (!account) {
    throw new EmbeddedPostgresError(
      'NO_ACCOUNT',
      `Postgres refuses to run as root, and this machine has none of the users ${candidates.join(', ')}: create one of them or start Outlay as another user.`,
    )
  }
  return account
}

function readAccounts(): Account[] {
  if (!existsSync('/etc/passwd')) return []
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((f) => f.length >= 4)
    .map((f) => ({ name: f[0] ?? '', uid: unsigned(f[2]), gid: unsigned(f[3]) }))
}

// macOS writes nobody as -2.
const unsigned = (text: string | undefined): number => Number.parseInt(text ?? '', 10) >>> 0

/** Whether the account can walk into the folder: the search bit of it and of every folder above it. */
export function canEnter(folder: string, account: Account): boolean {
  let at = realpathSync(folder)
  for (;;) {
    const s = statSync(at)
    const bit = s.uid === account.uid ? 0o100 : s.gid === account.gid ? 0o010 : 0o001
    if ((s.mode & bit) === 0) return false
    const up = path.dirname(at)
    if (up === at) return true
    at = up
  }
}
