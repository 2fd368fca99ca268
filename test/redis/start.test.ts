import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { dataFolder, leftOver, OutlayRun } from '../start/outlay-run.ts'
import { freePort } from '../support/server-process.ts'
import { RedisServer } from '../support/redis-server.ts'

let redis: RedisServer
let client: Redis
const folder = dataFolder()

beforeAll(async () => {
  redis = await RedisServer.start()
  client = new Redis(redis.url)
})

afterAll(async () => {
  client.disconnect()
  await redis.stop()
  await leftOver(folder.path, 15_000)
  folder.remove()
}, 60_000)

it('npm start takes its jobs from Redis when REDIS_URL names one, and outlives its crash', async () => {
  const run = new OutlayRun({
    OUTLAY_DATA_DIR: folder.path,
    OUTLAY_PORT: String(await freePort()),
    OUTLAY_DEMO: 'false',
    REDIS_URL: redis.url,
  })
  try {
    await run.ready()
    await workerIsThere()
    await redis.crash()
    await workerIsThere()
    expect(run.output).not.toContain('ended unexpectedly')
  } finally {
    expect(await run.stop('SIGINT')).toBe(0)
  }
}, 240_000)

/** A worker names the connection on which it waits for jobs. */
async function workerIsThere(): Promise<void> {
  const name = `name=outlay:${Buffer.from('jobs').toString('base64')}`
  while (!String(await client.client('LIST').catch(() => '')).includes(name)) await sleep(100)
}
