import { describe, expect, it } from '@jest/globals'
import { hookPolicy } from '@outlay/db/channels/hook-policy'
import { readWorkerSettings } from './env.ts'

const enough = {
  APP_DATABASE_URL: 'postgres://app@localhost/outlay',
  AUTH_DATABASE_URL: 'postgres://auth@localhost/outlay',
  QUEUE_DATABASE_URL: 'postgres://queue@localhost/outlay',
  OUTLAY_SECRET: 's'.repeat(32),
}

describe('settings of the worker', () => {
  it('keep jobs in Postgres, and in Redis when there is one', () => {
    const settings = {
      appUrl: enough.APP_DATABASE_URL,
      authUrl: enough.AUTH_DATABASE_URL,
      secret: enough.OUTLAY_SECRET,
      dataDir: '.outlay',
      smtp: null,
      mailFrom: 'Outlay <outlay@localhost>',
      publicUrl: null,
      hooks: hookPolicy(''),
      logLevel: 'info',
    }
    expect(readWorkerSettings({ ...enough, REDIS_URL: '' })).toEqual({
      ...settings,
      queueHome: { kind: 'postgres', url: enough.QUEUE_DATABASE_URL },
    })
    expect(readWorkerSettings({ ...enough, REDIS_URL: 'redis://localhost:6379' })).toEqual({
      ...settings,
      queueHome: { kind: 'redis', url: 'redis://localhost:6379' },
    })
  })

  it('say how people are told, and where links lead', () => {
    const given = {
      SMTP_URL: 'smtps://mail.example.com',
      OUTLAY_MAIL_FROM: 'a@example.com',
      OUTLAY_WEBHOOK_ALLOW: '10.0.0.0/8,::1',
    }
    expect(readWorkerSettings({ ...enough, ...given, OUTLAY_PUBLIC_URL: 'https://outlay.example.com/' })).toMatchObject(
      {
        smtp: { url: 'smtps://mail.example.com', from: 'a@example.com' },
        mailFrom: 'a@example.com',
        publicUrl: 'https://outlay.example.com',
        hooks: hookPolicy('10.0.0.0/8, ::1'),
      },
    )
  })

  it('tell all problems at once', () => {
    const wrong = {
      APP_DATABASE_URL: 'mysql://x',
      AUTH_DATABASE_URL: enough.AUTH_DATABASE_URL,
      REDIS_URL: 'localhost',
      OUTLAY_SECRET: 'short',
      OUTLAY_PUBLIC_URL: 'outlay',
      SMTP_URL: 'mail',
      OUTLAY_WEBHOOK_ALLOW: '10.0.0.0/64',
    }
    expect(() => readWorkerSettings(wrong)).toThrow(
      [
        'APP_DATABASE_URL must be an address such as postgresql://user:password@host:5432/outlay.',
        'QUEUE_DATABASE_URL is needed: a PostgreSQL address.',
        'REDIS_URL must be an address such as redis://host:6379.',
        'OUTLAY_SECRET must have at least 32 characters.',
        'OUTLAY_PUBLIC_URL must be an http(s) address.',
        'SMTP_URL must be an smtp:// or smtps:// address.',
        'OUTLAY_WEBHOOK_ALLOW must be host names, addresses or ranges such as 10.20.0.0/16, with commas between.',
      ].join('\n'),
    )
  })
})
