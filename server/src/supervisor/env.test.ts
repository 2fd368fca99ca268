import { describe, expect, it } from '@jest/globals'
import { readSettings } from './env.ts'

const root = '/checkout'
const read = (environment: NodeJS.ProcessEnv) => readSettings(environment, { root })

describe('settings', () => {
  it('has a default for everything, on this machine only', () => {
    expect(read({})).toEqual({
      warnings: [],
      settings: {
        host: '127.0.0.1',
        port: 4000,
        dataDir: '/checkout/.outlay',
        databaseUrl: null,
        secret: null,
        demo: null,
        init: null,
        redisUrl: null,
        smtpUrl: null,
        publicUrl: null,
      },
    })
  })

  it('tells all problems at once', () => {
    const attempt = () =>
      read({
        OUTLAY_PORT: '70000',
        OUTLAY_SECRET: 'short',
        OUTLAY_DEMO: 'maybe',
        DATABASE_URL: 'mysql://x/y',
        OUTLAY_INIT_CURRENCY: 'POUND',
        OUTLAY_INIT_EMAIL: 'a@b.example',
      })
    expect(attempt).toThrow(
      [
        'OUTLAY_PORT must be a port number from 1 to 65535, such as 4000.',
        'DATABASE_URL must be an address such as postgresql://user:password@host:5432/outlay.',
        'OUTLAY_SECRET must have at least 32 characters.',
        'OUTLAY_DEMO must be true or false.',
        'OUTLAY_INIT_CURRENCY must be a currency code such as GBP.',
      ]
        .map((problem) => `${problem}\n`)
        .join('') +
        'OUTLAY_INIT_CURRENCY, OUTLAY_INIT_EMAIL needs OUTLAY_INIT_TENANT, the key of the tenant to create.\n' +
        'OUTLAY_INIT_EMAIL and OUTLAY_INIT_PASSWORD are needed together.',
    )
  })

  it('takes an empty variable for an absent one', () => {
    expect(read({ OUTLAY_PORT: '', DATABASE_URL: '', OUTLAY_SECRET: '' }).settings).toMatchObject({
      port: 4000,
      databaseUrl: null,
      secret: null,
    })
  })

  it('reads the tenant of an unattended install', () => {
    const { settings } = read({ OUTLAY_INIT_TENANT: 'acme', OUTLAY_INIT_CURRENCY: 'EUR', OUTLAY_DEMO: 'false' })
    expect(settings.demo).toBe(false)
    expect(settings.init).toEqual({
      key: 'acme',
      currency: 'EUR',
      timeZone: 'UTC',
      email: null,
      password: null,
      apiKey: null,
    })
  })

  it('names a setting that does not exist, and the one that was probably meant', () => {
    expect(read({ OUTLAY_PROT: '1', OUTLAY_NOVELTY: '1', OUTLAY_API_KEY: 'k', HOME: '/' }).warnings).toEqual([
      'OUTLAY_PROT is not a setting of Outlay and is ignored; OUTLAY_PORT was meant?',
      'OUTLAY_NOVELTY is not a setting of Outlay and is ignored',
    ])
  })
})
