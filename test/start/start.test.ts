import { createServer } from 'node:net'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { freePort } from '../support/server-process.ts'
import { dataFolder, leftOver, OutlayRun } from './outlay-run.ts'

/** The same for every sending, so that a repetition is a duplicate and no conflict. */
const OCCURRED_AT = new Date(Date.now() - 60_000).toISOString()

const KEY = 'outl_live_start_0123456789abcdefghijklmnopqrst'

let folder: ReturnType<typeof dataFolder>
let port: string
const runs: OutlayRun[] = []

function start(environment: Record<string, string> = {}): OutlayRun {
  const run = new OutlayRun({ OUTLAY_DATA_DIR: folder.path, OUTLAY_PORT: port, OUTLAY_DEMO: 'false', ...environment })
  runs.push(run)
  return run
}

const withTenant = { OUTLAY_INIT_TENANT: 'acme', OUTLAY_INIT_CURRENCY: 'EUR', OUTLAY_INIT_API_KEY: KEY }

async function send(run: OutlayRun, id: string): Promise<unknown> {
  const response = await fetch(`${run.url}/v1/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify([
      { id, agent: 'a', occurredAt: OCCURRED_AT, usage: [{ meter: 'input_tokens', quantity: '1' }] },
    ]),
  })
  return response.json()
}

beforeEach(async () => {
  folder = dataFolder()
  port = String(await freePort())
})

afterEach(async () => {
  for (const run of runs.splice(0)) await run.stop('SIGINT')
  await leftOver(folder.path, 15_000)
  folder.remove()
}, 180_000)

describe('npm start', () => {
  it('builds nothing the second time, keeps the data, and leaves no process behind after Ctrl-C', async () => {
    const first = start(withTenant)
    await first.ready()
    expect(await send(first, 'kept')).toMatchObject({ accepted: 1, duplicates: 0 })
    expect(await first.stop('SIGINT')).toBe(0)
    expect(await leftOver(folder.path, 1_000)).toEqual([])

    const second = start(withTenant)
    await second.ready()
    // What takes long the first time is not done again; how many seconds the rest takes is for a quiet machine to say.
    for (const longStep of ['Install', 'Generate', 'Build']) expect(second.output).not.toContain(longStep)
    expect(await send(second, 'kept')).toMatchObject({ accepted: 0, duplicates: 1 })
    expect(await second.stop('SIGTERM')).toBe(0)
    expect(await leftOver(folder.path, 1_000)).toEqual([])
  }, 240_000)

  it('leaves no server, worker or Postgres behind when it is killed, and starts again', async () => {
    const killed = start(withTenant)
    await killed.ready()
    await send(killed, 'acknowledged')
    killed.child.kill('SIGKILL')
    await killed.ended()
    expect(await leftOver(folder.path, 60_000)).toEqual([])

    const next = start(withTenant)
    await next.ready()
    expect(await send(next, 'acknowledged')).toMatchObject({ duplicates: 1 })
  }, 240_000)

  it('says in one sentence that the port is taken, and touches nothing', async () => {
    const holder = createServer().listen(Number.parseInt(port, 10), '127.0.0.1')
    await once(holder, 'listening')
    const run = start()
    expect(await run.ended()).toBe(1)
    expect(run.output.trim()).toBe(
      `Port ${port} is already in use, perhaps by another Outlay; set OUTLAY_PORT to a free port.`,
    )
    holder.close()
  }, 180_000)

  it('says in one sentence that another Outlay uses the data folder', async () => {
    await start().ready()
    const second = start({ OUTLAY_PORT: String(await freePort()) })
    expect(await second.ended()).toBe(1)
    expect(second.output.trim()).toMatch(
      /^The data folder \S+ is in use by another Outlay \(process \d+\): stop that one/,
    )
  }, 240_000)

  it('says in one sentence that the data folder is damaged', async () => {
    const run = start()
    await run.ready()
    await run.stop()
    writeFileSync(join(folder.path, 'postgres/cluster/global/pg_control'), 'noise')
    const damaged = start()
    expect(await damaged.ended()).toBe(1)
    expect(damaged.output.trim().split('\n')).toHaveLength(1)
    expect(damaged.output).toMatch(/Postgres does not start in .*restore that folder from a backup/)

    rmSync(join(folder.path, 'postgres/cluster/PG_VERSION'))
    const headless = start()
    expect(await headless.ended()).toBe(1)
    expect(headless.output.trim().split('\n')).toHaveLength(1)
  }, 240_000)

  it('says in one sentence each that the secret, the address or the database is missing', async () => {
    const external = { DATABASE_URL: 'postgresql://nobody:secret-word@127.0.0.1:9/outlay' }
    const noSecret = start(external)
    expect(await noSecret.ended()).toBe(1)
    expect(noSecret.output.trim()).toMatch(/^OUTLAY_SECRET is needed with an external database/)

    const noDatabase = start({ ...external, OUTLAY_SECRET: 's'.repeat(40) })
    expect(await noDatabase.ended()).toBe(1)
    expect(noDatabase.output.trim()).toMatch(/^The database of DATABASE_URL cannot be used \(ECONNREFUSED\)/)
    expect(noDatabase.output).not.toContain('secret-word')

    const nonsense = start({ OUTLAY_PORT: 'http', OUTLAY_SECRET: 'short' })
    expect(await nonsense.ended()).toBe(1)
    expect(nonsense.output.trim().split('\n')).toEqual([
      'OUTLAY_PORT must be a port number from 1 to 65535, such as 4000.',
      'OUTLAY_SECRET must have at least 32 characters.',
    ])
  }, 120_000)
})
