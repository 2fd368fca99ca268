import { describeLimits } from './limits-suite.ts'

describeLimits('PostgreSQL', async () => ({ redisUrl: null, close: async () => {} }))
