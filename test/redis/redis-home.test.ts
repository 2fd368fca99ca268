import { Redis } from 'ioredis'
import { describeEvents } from '../queue/events-suite.ts'
import { describeQueue } from '../queue/queue-suite.ts'
import type { TestHome } from '../queue/test-home.ts'
import { RedisServer } from '../support/redis-server.ts'

async function redisHome(): Promise<TestHome> {
  const server = await RedisServer.start()
  return {
    // A numbered database, as a shared Redis would have it.
    home: { kind: 'redis', url: `${server.url}/3` },
    clear: async () => {
      const client = new Redis(server.url)
      await client.flushall()
      client.disconnect()
    },
    disturb: () => server.crash(),
    close: () => server.stop(),
  }
}

describeQueue('Redis', redisHome)
describeEvents('Redis', redisHome)
