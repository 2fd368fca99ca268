import { describeLimits } from '../scenarios/limits-suite.ts'
import { RedisServer } from '../support/redis-server.ts'

describeLimits('Redis', async () => {
  const server = await RedisServer.start()
  return { redisUrl: server.url, close: () => server.stop() }
})
