import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import pg from 'pg'
import { sleep } from './processes.ts'

/** Use of the test server; as long as one is held, the keeper does not end it. */
export interface ServerLease {
  readonly adminUrl: string
  release(): Promise<void>
}

/** Users hold this advisory lock shared; the keeper ends the server when it can have it alone. */
export const leaseLock = 7_270_737_022

/** Where the shared server of this machine's user lives. */
export function testServerFolder(): string {
  const user = process.getuid?.() ?? os.userInfo().username
  return path.join(os.tmpdir(), `outlay-test-postgres-${user}`)
}

export const announcementFile = (): string => path.join(testServerFolder(), 'server.json')

const startMsMax = 120_000

/** Joins the server of OUTLAY_TEST_PG or the shared one, which is started when there is none. */
export async function borrowTestServer(): Promise<ServerLease> {
  const given = process.env.OUTLAY_TEST_PG
  const end = Date.now() + startMsMax
  for (;;) {
    const lease = await tryBorrow(given ?? announcedUrl())
    if (lease) return lease
    if (Date.now() > end) throw new Error(`No Postgres for tests: see ${path.join(testServerFolder(), 'keeper.log')}`)
    if (!given) startKeeperOnce()
    await sleep(100)
  }
}

async function tryBorrow(url: string | null): Promise<ServerLease | null> {
  if (!url) return null
  const holder = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 })
  holder.on('error', () => {})
  try {
    await holder.connect()
    const { rows } = await holder.query('SELECT pg_try_advisory_lock_shared($1) AS ok', [leaseLock])
    if (rows[0]?.ok !== true) throw new Error('the server is about to end')
  } catch {
    await holder.end().catch(() => {})
    return null
  }
  // A test that forgets to drop its database must not keep its process alive.
  keepsAlive(holder, false)
  const release = () => {
    keepsAlive(holder, true)
    return holder.end()
  }
  return { adminUrl: url, release }
}

/** ref() and unref() of pg's client, which its types do not know. */
function keepsAlive(client: pg.Client, yes: boolean): void {
  const socket = client as unknown as { ref(): void; unref(): void }
  if (yes) socket.ref()
  else socket.unref()
}

function announcedUrl(): string | null {
  try {
    return (JSON.parse(readFileSync(announcementFile(), 'utf8')) as { adminUrl: string }).adminUrl
  } catch {
    return null
  }
}

/** Starts the keeper unless somebody did so in the last seconds; two keepers are harmless, the second gives up. */
function startKeeperOnce(): void {
  const folder = testServerFolder()
  mkdirSync(folder, { recursive: true })
  const claim = path.join(folder, 'starting')
  const age = Date.now() - (statSync(claim, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  if (age < 20_000) return
  rmSync(claim, { force: true })
  try {
    closeSync(openSync(claim, 'wx'))
  } catch {
    return
  }
  const keeper = fileURLToPath(new URL('./test-server-keeper.ts', import.meta.url))
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const log = openSync(path.join(folder, 'keeper.log'), 'a')
  const { NODE_OPTIONS: _jest, ...env } = process.env
  spawn(process.execPath, ['--import', tsx, keeper], { detached: true, stdio: ['ignore', log, log], env }).unref()
  closeSync(log)
}
