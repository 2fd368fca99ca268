import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { postgresBinaries, type Binaries } from './binaries.ts'
import { adminPassword, adminRole, ensureCluster, writePrivate } from './cluster.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { freePort } from './free-port.ts'
import { findHome, type Home } from './home.ts'
import { launch, type ServerProcess } from './launch.ts'
import { endServer, readPostmasterFile, stopOrphan } from './orphan.ts'
import { sleep } from './processes.ts'
import { serverSettings, settingsFile } from './settings.ts'
import { takeSupervisorLock } from './supervisor-lock.ts'

export interface EmbeddedPostgresOptions {
  /** Made if it is not there. */
  readonly dataDir: string
  readonly log?: (line: string) => void
  /** Tried for 5 s; otherwise a free port is chosen. For a restart that keeps open URLs valid. */
  readonly port?: number
  /** Over the defaults of settings.ts. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface EmbeddedPostgres {
  /** Superuser, database `postgres`. */
  readonly adminUrl: string
  readonly port: number
  readonly pid: number
  /** Where the cluster and postgres.log really are (see home.ts). */
  readonly folder: string
  /** Resolves when the server has ended, whoever ended it. */
  readonly exited: Promise<void>
  /** Fast shutdown, then immediate, then by force; safe to call twice. */
  stop(): Promise<void>
}

const crashRecoveryMsMax = 600_000
const leftoverBackendsMsMax = 30_000
const wantedPortMsMax = 5_000

/**
 * Starts the Postgres of this installation on 127.0.0.1 and answers when it accepts queries. Recovers from a supervisor
 * or a server that was killed. Every fault is an EmbeddedPostgresError with one sentence.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = path.resolve(options.dataDir)
  try {
    return await startIn(dataDir, options)
  } catch (error) {
    throw inOneSentence(error, dataDir)
  }
}

async function startIn(dataDir: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {})
  const home = await findHome(dataDir, log)
  const unlock = await takeSupervisorLock(home.folder)
  try {
    const binaries = postgresBinaries(home.account)
    if ((await stopOrphan(home.cluster)) === 'stopped') log('stopped a Postgres that an earlier run left behind')
    if ((await ensureCluster(home, binaries)) === 'created') log(`created a database in ${home.folder}`)
    const settings = settingsFile({ ...serverSettings, ...options.settings })
    writePrivate(path.join(home.cluster, 'outlay.conf'), settings, home.account)
    const { server, port } = await startServer({ home, binaries, wantedPort: options.port, log })
    return await handle({ home, server, port, unlock })
  } catch (error) {
    unlock()
    throw error
  }
}

/** The file system's own refusals (no permission, disk full, read-only) become a sentence too. */
function inOneSentence(error: unknown, dataDir: string): unknown {
  const { code, syscall, path: at } = error as NodeJS.ErrnoException
  if (!code || !syscall) return error
  const reason = `${code} on ${at ?? syscall}`
  return new EmbeddedPostgresError(
    'UNREACHABLE',
    `The data folder ${dataDir} cannot be used (${reason}): make it writable for this user, or set OUTLAY_DATA_DIR to another folder.`,
  )
}

async function handle(running: {
  home: Home
  server: ServerProcess
  port: number
  unlock: () => void
}): Promise<EmbeddedPostgres> {
  const { home, server, port, unlock } = running
  const portFile = path.join(home.folder, 'port')
  writeFileSync(portFile, `${port}\n`)
  // process.exit() without stop(): ask the server to end; it does so by itself.
  const onExit = () => server.signal('SIGINT')
  process.once('exit', onExit)
  const exited = server.exited.then(() => {
    process.removeListener('exit', onExit)
    rmSync(portFile, { force: true })
    unlock()
  })
  const adminUrl = `postgresql://${adminRole}:${adminPassword(home)}@127.0.0.1:${port}/postgres`
  const stop = async () => {
    // The child is unreferenced: with nothing else to wait for, Node would end here instead of hearing of its exit.
    const awake = setInterval(() => {}, 1_000)
    try {
      if (!server.hasExited()) await endServer(server.pid, server.signal)
      await exited
    } finally {
      clearInterval(awake)
    }
  }
  try {
    await checkPassword(adminUrl, home)
  } catch (error) {
    await stop()
    throw error
  }
  return { adminUrl, port, pid: server.pid, folder: home.folder, exited, stop }
}

async function startServer(options: {
  home: Home
  binaries: Binaries
  wantedPort: number | undefined
  log: (line: string) => void
}): Promise<{ server: ServerProcess; port: number }> {
  const { home, binaries, log } = options
  const started = Date.now()
  rotateLog(home.logFile)
  for (;;) {
    const waited = Date.now() - started
    const wanted = waited < wantedPortMsMax ? options.wantedPort : undefined
    const port = wanted ?? (await freePort())
    const logStart = fileSize(home.logFile)
    const server = launch({ home, binaries, port })
    if (await becomesReady(server, home, log)) return { server, port }
    const said = readFileSync(home.logFile).subarray(logStart).toString('utf8')
    // Backends of a killed server need a moment to notice; a port can be taken between choosing and binding it.
    const passing =
      /could not bind|Address already in use|pre-existing shared memory block|lock file .* already exists/i
    if (!passing.test(said) || waited > leftoverBackendsMsMax) throw startFault(home, said)
    await sleep(200)
  }
}

async function becomesReady(server: ServerProcess, home: Home, log: (line: string) => void): Promise<boolean> {
  const started = Date.now()
  let told = false
  while (!server.hasExited()) {
    const file = readPostmasterFile(home.cluster)
    if (file?.pid === server.pid && file.status === 'ready') return true
    const waited = Date.now() - started
    if (waited > 5_000 && !told) {
      log('Postgres is recovering from an unclean end; this can take minutes')
      told = true
    }
    if (waited > crashRecoveryMsMax) {
      await endServer(server.pid, server.signal)
      throw startFault(home, `not ready after ${crashRecoveryMsMax / 1000} s`)
    }
    await sleep(20)
  }
  return false
}

function startFault(home: Home, said: string): EmbeddedPostgresError {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.findLast((line) => /\b(PANIC|FATAL):/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  const fact = telling.replace(/^.*?\b(?=PANIC:|FATAL:)/, '').trim()
  const damaged =
    /PANIC:|could not (open|read|locate|access) |invalid (\w+ )*(checkpoint|page|record|magic)|corrupt|incompatible|checksum/i.test(
      said,
    )
  return new EmbeddedPostgresError(
    damaged ? 'CORRUPT' : 'NOT_STARTED',
    `Postgres does not start in ${home.cluster} (${fact}): see ${home.logFile}; ${
      damaged
        ? 'restore that folder from a backup, or move it away to begin with an empty database'
        : 'then start again'
    }.`,
  )
}

async function checkPassword(adminUrl: string, home: Home): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 30_000 })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error
    throw new EmbeddedPostgresError(
      'WRONG_PASSWORD',
      `The password in ${path.join(home.cluster, 'outlay-admin-password')} is not the one of the database in that folder: put the right file back.`,
    )
  } finally {
    await client.end().catch(() => {})
  }
}

const logBytesMax = 20_000_000

function rotateLog(file: string): void {
  if (fileSize(file) > logBytesMax) renameSync(file, `${file}.old`)
  closeSync(openSync(file, 'a'))
}

const fileSize = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
