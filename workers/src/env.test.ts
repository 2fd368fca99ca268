import { describe, expect, it } from '@jest/globals'
import { readWorkerSettings } from './env.ts'

const enough = {
  APP_DATABASE_URL: 'postgres://app@localhost/outlay',
  AUTH_DATABASE_URL: 'postgres://auth@localhost/outlay',
  QUEUE_DATABASE_URL: 'postgres://queue@localhost/outlay',
}

describe('settings of the worker', () => {
  it('keep jobs in Postgres, and in Redis when there is one', () => {
    const settings = { appUrl: enough.APP_DATABASE_URL, authUrl: enough.AUTH_DATABASE_URL, logLevel: 'info' }
    expect(readWorkerSettings({ ...enough, REDIS_URL: '' })).toEqual({
      ...settings,
      queueHome: { kind: 'postgres', url: enough.QUEUE_DATABASE_URL },
    })
    expect(readWorkerSettings({ ...enough, REDIS_URL: 'redis://localhost:6379' })).toEqual({
      ...settings,
      queueHome: { kind: 'redis', url: 'redis://localhost:6379' },
    })
  })

  it('tell all problems at once', () => {
    const wrong = { APP_DATABASE_URL: 'mysql://x', AUTH_DATABASE_URL: enough.AUTH_DATABASE_URL, REDIS_URL: 'localhost' }
    expect(() => readWorkerSettings(wrong)).toThrow(
      [
        'APP_DATABASE_URL must be an address such as postgresql://user:password@host:5432/outlay.',
        'QUEUE_DATABASE_URL is needed: a PostgreSQL address.',
        'REDIS_URL must be an address such as redis://host:6379.',
      ].join('\n'),
    )
  })
})
