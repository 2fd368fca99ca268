import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import pg from 'pg'
import { isAlive, waitFor } from './processes.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './start.ts'

jest.setTimeout(300_000)

const isRoot = process.getuid?.() === 0
let scratch: string
let dataDir: string
const running = new Set<EmbeddedPostgres>()
const supervisors = new Set<ChildProcess>()

beforeEach(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'outlay-embedded-'))
  chmodSync(scratch, 0o755)
  dataDir = path.join(scratch, 'postgres')
})

afterEach(async () => {
  for (const supervisor of supervisors) supervisor.kill('SIGKILL')
  supervisors.clear()
  await Promise.all([...running].map((server) => server.stop()))
  running.clear()
  rmSync(scratch, { recursive: true, force: true })
})

async function start(options: { dataDir?: string; port?: number } = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, ...options })
  running.add(server)
  return server
}

async function ask(server: { adminUrl: string }, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.adminUrl })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** A supervisor in a process of its own, as in production. */
async function supervise(options: { folder?: string; uid?: number } = {}) {
  const script = fileURLToPath(new URL('./start-and-hold.ts', import.meta.url))
  const { NODE_OPTIONS: _jest, ...env } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', script, options.folder ?? dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...env, HOME: scratch },
    uid: options.uid,
  })
  supervisors.add(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const said = JSON.parse(line) as { adminUrl: string; pid: number; port: number; folder: string; error?: string }
  return { child, ...said }
}

const count = 'SELECT count(*)::int AS n FROM t'
const fill = 'CREATE TABLE t (i int); INSERT INTO t SELECT generate_series(1, 1000); SELECT 1'

describe('startEmbeddedPostgres', () => {
  it('makes a database that only a password opens, in UTF-8 and UTC, with durable commits', async () => {
    const server = await start()
    const settings = [
      'server_encoding',
      'TimeZone',
      'fsync',
      'full_page_writes',
      'synchronous_commit',
      'listen_addresses',
      'jit',
    ]
    const rows = await ask(server, `SELECT ${settings.map((s) => `current_setting('${s}') AS ${s}`).join(', ')}`)
    expect(rows).toEqual([
      {
        server_encoding: 'UTF8',
        timezone: 'UTC',
        fsync: 'on',
        full_page_writes: 'on',
        synchronous_commit: 'on',
        listen_addresses: '127.0.0.1',
        jit: 'off',
      },
    ])
    const wrong = new URL(server.adminUrl)
    wrong.password = 'guess'
    await expect(ask({ adminUrl: wrong.href }, 'SELECT 1')).rejects.toThrow('password authentication failed')
    expect(readFileSync(path.join(server.folder, 'port'), 'utf8')).toBe(`${server.port}\n`)
  })

  it('keeps its data over a stop, which leaves no process behind', async () => {
    const first = await start()
    await ask(first, fill)
    await Promise.all([first.stop(), first.stop()])
    expect(isAlive(first.pid)).toBe(false)
    expect(existsSync(path.join(first.folder, 'port'))).toBe(false)
    expect(await ask(await start(), count)).toEqual([{ n: 1000 }])
  })

  it('lets open queries go at a stop instead of waiting for them', async () => {
    const server = await start()
    const query = ask(server, 'SELECT pg_sleep(60)').catch((error: Error) => error.message)
    await ask(server, 'SELECT pg_sleep(0.2)')
    await server.stop()
    // A stop that waited for the query would let it answer.
    expect(await query).toMatch(/terminat/)
  })

  it('recovers after its supervisor was killed, and ends the server left behind', async () => {
    const killed = await supervise()
    await ask(killed, fill)
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    expect(isAlive(killed.pid)).toBe(true)
    const server = await start()
    expect(isAlive(killed.pid)).toBe(false)
    expect(await ask(server, count)).toEqual([{ n: 1000 }])
  })

  it('recovers after server and supervisor were killed together', async () => {
    const killed = await supervise()
    await ask(killed, fill)
    process.kill(killed.pid, 'SIGKILL')
    killed.child.kill('SIGKILL')
    expect(await ask(await start(), count)).toEqual([{ n: 1000 }])
  })

  it('comes back on the same port after the server was killed', async () => {
    let server = await start()
    const { port } = server
    await ask(server, fill)
    for (let round = 0; round < 3; round++) {
      process.kill(server.pid, 'SIGKILL')
      await server.exited
      running.delete(server)
      server = await start({ port })
      expect(server.port).toBe(port)
      expect(await ask(server, count)).toEqual([{ n: 1000 }])
    }
  })

  it('takes another port when the wanted one stays taken', async () => {
    const holder = net.createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as net.AddressInfo
    const server = await start({ port })
    holder.close()
    expect(server.port).not.toBe(port)
  })

  it('refuses a folder that another one uses, and ignores the lock of a dead one', async () => {
    const other = await supervise()
    await expect(start()).rejects.toMatchObject({
      fault: 'IN_USE',
      message: expect.stringContaining(`${other.child.pid}`),
    })
    expect(await ask(other, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    other.child.stdin.end()
    await once(other.child, 'exit')
    // A living process, but not the one that took the lock: ids are reused.
    writeFileSync(
      path.join(other.folder, 'supervisor.lock'),
      JSON.stringify({ pid: process.ppid, identity: 'earlier boot' }),
    )
    await start()
  })

  it('runs beside another one', async () => {
    const [a, b] = await Promise.all([start({ dataDir: `${dataDir}-a` }), start({ dataDir: `${dataDir}-b` })])
    expect(a.port).not.toBe(b.port)
    await ask(a, fill)
    await expect(ask(b, count)).rejects.toThrow('does not exist')
  })

  it('leaves a stranger alone whose process has the id of its dead server', async () => {
    const server = await start()
    await ask(server, fill)
    const file = path.join(server.folder, 'cluster', 'postmaster.pid')
    const text = readFileSync(file, 'utf8')
    await server.stop()
    const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' })
    writeFileSync(file, text.replace(/^\d+/, String(stranger.pid)))
    expect(await ask(await start(), count)).toEqual([{ n: 1000 }])
    expect(isAlive(stranger.pid ?? 0)).toBe(true)
    stranger.kill('SIGKILL')
  })

  it('begins again when the first start was interrupted', async () => {
    const half = path.join(dataDir, 'cluster.initializing', 'cluster')
    mkdirSync(half, { recursive: true })
    writeFileSync(path.join(half, 'PG_VERSION'), '18\n')
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(existsSync(path.join(dataDir, 'cluster.initializing'))).toBe(false)
  })
})

describe('a damaged data folder is told in one sentence that names it', () => {
  const inCluster = (file: string) => path.join(dataDir, 'cluster', file)

  const damages: [string, string, RegExp, () => void][] = [
    ['no PG_VERSION', 'CORRUPT', /PG_VERSION is missing/, () => rmSync(inCluster('PG_VERSION'))],
    [
      'a garbled PG_VERSION',
      'CORRUPT',
      /PG_VERSION is not a version/,
      () => writeFileSync(inCluster('PG_VERSION'), '\0\xff'),
    ],
    [
      'an older version',
      'WRONG_VERSION',
      /written by Postgres 16 /,
      () => writeFileSync(inCluster('PG_VERSION'), '16\n'),
    ],
    ['no pg_control', 'CORRUPT', /pg_control is missing/, () => rmSync(inCluster('global/pg_control'))],
    [
      'a garbled pg_control',
      'CORRUPT',
      /FATAL|PANIC/,
      () => writeFileSync(inCluster('global/pg_control'), Buffer.alloc(8192, 7)),
    ],
    ['a cut pg_control', 'CORRUPT', /FATAL|PANIC/, () => truncateSync(inCluster('global/pg_control'), 100)],
    ['no write-ahead log', 'CORRUPT', /pg_wal is missing/, () => rmSync(inCluster('pg_wal'), { recursive: true })],
    [
      'a file where the folder should be',
      'CORRUPT',
      /not a folder/,
      () => {
        rmSync(inCluster(''), { recursive: true })
        writeFileSync(inCluster('').replace(/\/$/, ''), 'x')
      },
    ],
    [
      'another password',
      'WRONG_PASSWORD',
      /not the one of the database/,
      () => writeFileSync(inCluster('outlay-admin-password'), 'x'),
    ],
  ]

  it.each(damages)('%s', async (_name, fault, fact, damage) => {
    await (await start()).stop()
    damage()
    const error = await start().catch((e: Error) => e)
    expect(error).toMatchObject({ name: 'EmbeddedPostgresError', fault })
    const { message } = error as Error
    expect(message).toMatch(fact)
    expect(message).toContain(path.join(dataDir, 'cluster'))
    expect(message).not.toContain('\n')
    // Nothing runs, and nothing is locked.
    expect(existsSync(path.join(dataDir, 'supervisor.lock'))).toBe(false)
  })
})

;(isRoot ? describe : describe.skip)('started by root', () => {
  const left: string[] = []
  afterAll(() => left.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

  it('runs Postgres as another user', async () => {
    const server = await start()
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]
    expect(uid).not.toBe('0')
  })

  it('keeps the data elsewhere when that user cannot enter the folder, and finds it again', async () => {
    chmodSync(scratch, 0o700)
    const first = await start()
    left.push(first.folder)
    expect(first.folder.startsWith(dataDir)).toBe(false)
    expect(readFileSync(path.join(dataDir, 'DATA-IS-ELSEWHERE.txt'), 'utf8')).toContain(first.folder)
    await ask(first, fill)
    await first.stop()
    expect(await ask(await start(), count)).toEqual([{ n: 1000 }])
  })

  it('begins afresh when such a folder was deleted, and keeps the old data aside', async () => {
    chmodSync(scratch, 0o700)
    const killed = await supervise()
    left.push(killed.folder)
    await ask(killed, fill)
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    rmSync(dataDir, { recursive: true })
    const lines: string[] = []
    const server = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) })
    running.add(server)
    await expect(ask(server, count)).rejects.toThrow('does not exist')
    const aside = /is kept in (\S+)/.exec(lines.join('\n'))?.[1] ?? ''
    left.push(aside)
    expect(existsSync(path.join(aside, 'cluster', 'PG_VERSION'))).toBe(true)
    expect(await waitFor(() => !isAlive(killed.pid), 1_000)).toBe(true)
  })

  it('says so when a folder with data became unreachable', async () => {
    await (await start()).stop()
    chmodSync(scratch, 0o700)
    await expect(start()).rejects.toMatchObject({ fault: 'UNREACHABLE', message: expect.stringContaining(dataDir) })
  })

  it('serves the data of an ordinary user as that user, who can go on with it afterwards', async () => {
    const nobody = 65_534
    mkdirSync(dataDir)
    chownSync(dataDir, nobody, nobody)
    const theirs = await supervise({ uid: nobody })
    expect(theirs.error).toBeUndefined()
    await ask(theirs, fill)
    theirs.child.stdin.end()
    await once(theirs.child, 'exit')
    const ours = await start()
    expect(await ask(ours, count)).toEqual([{ n: 1000 }])
    await ours.stop()
    const again = await supervise({ uid: nobody })
    expect(again.error).toBeUndefined()
    expect(await ask(again, count)).toEqual([{ n: 1000 }])
    again.child.stdin.end()
    await once(again.child, 'exit')
  })

  it('tells an ordinary user whose data it is', async () => {
    const server = await start()
    await server.stop()
    chownSync(dataDir, 65_534, 65_534)
    // The port file and the lock may be theirs, the cluster is not.
    const theirs = await supervise({ uid: 65_534 })
    expect(theirs.error).toMatch(/belongs to another user/)
  })

  it('tells an ordinary user that the folder is closed to them', async () => {
    mkdirSync(dataDir, { mode: 0o755 })
    const theirs = await supervise({ uid: 65_534 })
    expect(theirs.error).toMatch(/^The data folder \S+ cannot be used \(EACCES .*\): make it writable/)
  })
})
