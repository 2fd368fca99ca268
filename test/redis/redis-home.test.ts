import { Redis } from 'ioredis'
import { describeEvents } from '../queue/events-suite.ts'
import { describeJobs } from '../queue/jobs-suite.ts'
import { describeQueue } from '../queue/queue-suite.ts'
import type { TestHome } from '../queue/test-home.ts'
import { RedisServer } from '../support/redis-server.ts'

async function redisHome(): Promise<TestHome> {
  const server = await RedisServer.start()
  // A numbered database, as a shared Redis would have it.
  const url = `${server.url}/3`
  const ask = async (question: (client: Redis) => Promise<unknown>) => {
    const client = new Redis(url)
    await question(client)
    client.disconnect()
  }
  return {
    home: { kind: 'redis', url },
    clear: () => ask((client) => client.flushdb()),
    stealLocks: () =>
      ask(async (client) => {
        const locks = await client.keys('outlay:jobs:*:lock')
        for (const lock of locks) await client.set(lock, 'another worker', 'PX', 3_000)
      }),
    disturb: () => server.crash(),
    close: () => server.stop(),
  }
}

describeQueue('Redis', redisHome)
describeEvents('Redis', redisHome)
describeJobs('Redis', redisHome)
