import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chownSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { cleanEnvironment } from './environment.ts'
import type { Home } from './home.ts'

export const adminRole = 'outlay_admin'
const majorVersion = '18'
const passwordFile = 'outlay-admin-password'

/** Makes the cluster on the first start; on later ones proves that the folder is a whole cluster of our version. */
export async function ensureCluster(home: Home, binaries: Binaries): Promise<'created' | 'existing'> {
  if (existsSync(home.cluster)) {
    checkCluster(home)
    return 'existing'
  }
  await createCluster(home, binaries)
  return 'created'
}

export function adminPassword(home: Home): string {
  return readFileSync(path.join(home.cluster, passwordFile), 'utf8').trim()
}

/** Writes a file that the Postgres user must be able to read and nobody else may. */
export function writePrivate(file: string, text: string, account: Account | null): void {
  writeFileSync(file, text, { mode: 0o600 })
  chmodSync(file, 0o600)
  if (account) chownSync(file, account.uid, account.gid)
}

/**
 * initdb works in a folder of its own that is renamed when all is done, so an interrupted first start leaves nothing
 * that looks like data: the next start throws it away and begins again.
 */
async function createCluster(home: Home, binaries: Binaries): Promise<void> {
  const building = path.join(home.folder, 'cluster.initializing')
  rmSync(building, { recursive: true, force: true })
  mkdirSync(building, { mode: 0o700 })
  if (home.account) chownSync(building, home.account.uid, home.account.gid)
  const cluster = path.join(building, 'cluster')
  const password = path.join(building, passwordFile)
  writePrivate(password, randomBytes(24).toString('base64url'), home.account)
  await runInitdb({ home, program: binaries.initdb, cluster, password })
  renameSync(password, path.join(cluster, passwordFile))
  appendFileSync(path.join(cluster, 'postgresql.conf'), "\ninclude_if_exists = 'outlay.conf'\n")
  renameSync(cluster, home.cluster)
  rmSync(building, { recursive: true, force: true })
}

async function runInitdb(options: { home: Home; program: string; cluster: string; password: string }): Promise<void> {
  const { home, program, cluster, password } = options
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--auth=scram-sha-256', `--username=${adminRole}`, `--pwfile=${password}`]
  const child = spawn(program, ['-D', cluster, '--no-instructions', ...locale, ...access], {
    uid: home.account?.uid,
    gid: home.account?.gid,
    cwd: home.folder,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code === 0) return
  const reason = output.split('\n').find((line) => /error|fatal/i.test(line)) ?? `exit code ${String(code)}`
  throw new EmbeddedPostgresError('NOT_STARTED', `initdb could not make a database in ${home.folder}: ${reason.trim()}`)
}

const advice = 'restore it from a backup, or move it away to begin with an empty database'

function checkCluster(home: Home): void {
  const corrupt = (what: string) =>
    new EmbeddedPostgresError('CORRUPT', `The data folder ${home.cluster} is damaged (${what}): ${advice}.`)
  if (!statSync(home.cluster).isDirectory()) throw corrupt('it is not a folder')
  checkOwner(home)
  const version = readIfThere(path.join(home.cluster, 'PG_VERSION'))?.trim()
  if (version === undefined) {
    throw corrupt(readdirSync(home.cluster).length === 0 ? 'it is empty' : 'PG_VERSION is missing')
  }
  if (!/^[0-9]+(\.[0-9]+)?$/.test(version)) throw corrupt('PG_VERSION is not a version')
  if (version !== majorVersion) {
    throw new EmbeddedPostgresError(
      'WRONG_VERSION',
      `The data folder ${home.cluster} was written by Postgres ${version} and this Outlay runs ${majorVersion}: start the Outlay that wrote it and dump the data, or ${advice}.`,
    )
  }
  for (const file of ['global/pg_control', 'postgresql.conf', 'base', 'pg_wal', passwordFile]) {
    if (!existsSync(path.join(home.cluster, file))) throw corrupt(`${file} is missing`)
  }
}

function checkOwner(home: Home): void {
  const me = process.getuid?.()
  const owner = statSync(home.cluster).uid
  if (me === undefined || owner === (home.account?.uid ?? me)) return
  throw new EmbeddedPostgresError(
    'WRONG_OWNER',
    `The data folder ${home.cluster} belongs to another user (${owner}): start Outlay as that user or as root, or set OUTLAY_DATA_DIR to another folder.`,
  )
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'latin1') : undefined
}
