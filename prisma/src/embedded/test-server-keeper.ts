import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { sleep } from './processes.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './start.ts'
import { announcementFile, leaseLock, testServerFolder } from './test-server.ts'

/*
 * A process of its own that holds the Postgres which all tests of this machine's user share, and ends it when nobody
 * has used it for a minute. Started by test-server.ts.
 */

const idleMsMax = 60_000

async function keep(): Promise<void> {
  const folder = testServerFolder()
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  const settings = { max_connections: '300', shared_buffers: '128MB', log_min_duration_statement: '-1' }
  const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'data'), settings, log: console.log })
  const stop = async () => {
    rmSync(announcementFile(), { force: true })
    await server.stop()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
  void server.exited.then(() => process.exit(1))
  await dropLeftovers(server)
  announce(server)
  rmSync(path.join(folder, 'starting'), { force: true })
  await untilIdle(server)
  await stop()
}

/** Readable for this user only: it holds the password. Renamed, so that nobody reads half of it. */
function announce(server: EmbeddedPostgres): void {
  const file = announcementFile()
  writeFileSync(`${file}.new`, JSON.stringify({ adminUrl: server.adminUrl, keeper: process.pid }), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Databases of tests that were killed. Templates stay: they are named for the migrations they hold. */
async function dropLeftovers(server: EmbeddedPostgres): Promise<void> {
  const admin = await connect(server)
  const { rows } = await admin.query<{ datname: string }>(
    `SELECT datname FROM pg_database WHERE datname ~ '^outlay_(test|shadow)_' OR datname ~ '^outlay_template_.*_building$'`,
  )
  for (const { datname } of rows) await admin.query(`DROP DATABASE ${datname} WITH (FORCE)`)
  await admin.end()
}

async function untilIdle(server: EmbeddedPostgres): Promise<void> {
  let idleSince = Date.now()
  for (;;) {
    await sleep(3_000)
    const admin = await connect(server)
    const { rows } = await admin.query('SELECT pg_try_advisory_lock($1) AS alone', [leaseLock])
    if (rows[0]?.alone !== true) {
      idleSince = Date.now()
    } else if (Date.now() - idleSince > idleMsMax) {
      // The lock is kept until the server has ended: whoever comes now cannot borrow it any more.
      return
    }
    await admin.end()
  }
}

async function connect(server: EmbeddedPostgres): Promise<pg.Client> {
  const admin = new pg.Client({ connectionString: server.adminUrl })
  admin.on('error', () => {})
  await admin.connect()
  return admin
}

keep().catch((error: unknown) => {
  // Another keeper is already there: that is what the caller wanted.
  const lost = error instanceof EmbeddedPostgresError && error.fault === 'IN_USE'
  if (!lost) console.error(error)
  process.exit(lost ? 0 : 1)
})
