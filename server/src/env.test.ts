import { describe, expect, it } from '@jest/globals'
import { hookPolicy } from '@outlay/db/channels/hook-policy'
import { readEnvironment } from './env.ts'

const ENOUGH = {
  APP_DATABASE_URL: 'postgres://app@localhost/outlay',
  AUTH_DATABASE_URL: 'postgres://auth@localhost/outlay',
  QUEUE_DATABASE_URL: 'postgres://queue@localhost/outlay',
  OUTLAY_SECRET: 's'.repeat(32),
}

describe('readEnvironment', () => {
  it('needs the three logins of the database and a secret, and has a default for the rest', () => {
    expect(readEnvironment(ENOUGH)).toEqual({
      host: '127.0.0.1',
      port: 4000,
      appDatabaseUrl: ENOUGH.APP_DATABASE_URL,
      authDatabaseUrl: ENOUGH.AUTH_DATABASE_URL,
      queueHome: { kind: 'postgres', url: ENOUGH.QUEUE_DATABASE_URL },
      secret: ENOUGH.OUTLAY_SECRET,
      publicUrl: 'http://127.0.0.1:4000',
      hasPublicUrl: false,
      portal: { kind: 'none' },
      smtp: null,
      oidc: null,
      dataDir: '.outlay',
      hooks: hookPolicy(''),
      isDevelopment: false,
      logLevel: 'info',
    })
  })

  it('names every problem at once', () => {
    const environment = {
      OUTLAY_PORT: 'four',
      OUTLAY_SECRET: 'short',
      OUTLAY_PUBLIC_URL: 'outlay.example',
      SMTP_URL: 'mail',
      OUTLAY_WEBHOOK_ALLOW: 'https://x',
      AUTH_DATABASE_URL: 'mysql://x',
      REDIS_URL: 'localhost:6379',
    }
    expect(() => readEnvironment(environment)).toThrow(
      [
        'The server cannot start:',
        '- OUTLAY_PORT must be a port number.',
        '- APP_DATABASE_URL is missing.',
        '- AUTH_DATABASE_URL must be a postgres:// address.',
        '- QUEUE_DATABASE_URL is missing.',
        '- REDIS_URL must be a redis:// or rediss:// address.',
        '- OUTLAY_SECRET must have at least 32 characters.',
        '- OUTLAY_PUBLIC_URL must be an http(s) address.',
        '- SMTP_URL must be an smtp:// or smtps:// address.',
        '- OUTLAY_WEBHOOK_ALLOW must be host names, addresses or ranges such as 10.20.0.0/16, with commas between.',
      ].join('\n'),
    )
  })

  it('takes a provider whole or not at all, at an address that nobody can listen to', () => {
    const given = {
      ...ENOUGH,
      OUTLAY_PUBLIC_URL: 'https://outlay.example',
      OUTLAY_OIDC_ISSUER: 'https://login.example/realms/firm/',
      OUTLAY_OIDC_CLIENT_ID: 'outlay',
      OUTLAY_OIDC_CLIENT_SECRET: 'secret',
    }
    expect(readEnvironment(given).oidc).toEqual({
      issuer: 'https://login.example/realms/firm',
      clientId: 'outlay',
      clientSecret: 'secret',
      label: 'single sign-on',
    })
    expect(readEnvironment({ ...given, OUTLAY_OIDC_LABEL: 'Okta' }).oidc?.label).toBe('Okta')
    expect(readEnvironment({ ...given, OUTLAY_OIDC_ISSUER: 'http://127.0.0.1:5000' }).oidc?.issuer).toMatch(/5000$/)
    expect(() => readEnvironment({ ...ENOUGH, OUTLAY_OIDC_CLIENT_ID: 'outlay' })).toThrow(
      [
        'The server cannot start:',
        '- OUTLAY_OIDC_ISSUER is needed with OUTLAY_OIDC_CLIENT_ID.',
        '- OUTLAY_OIDC_CLIENT_SECRET is needed with OUTLAY_OIDC_CLIENT_ID.',
        '- OUTLAY_PUBLIC_URL is needed with OUTLAY_OIDC_CLIENT_ID.',
      ].join('\n'),
    )
    expect(() => readEnvironment({ ...given, OUTLAY_OIDC_ISSUER: 'http://login.example' })).toThrow(
      '- OUTLAY_OIDC_ISSUER must be an https address, or one of this machine.',
    )
  })

  it('takes an empty variable for an absent one', () => {
    expect(readEnvironment({ ...ENOUGH, OUTLAY_PUBLIC_URL: '', SMTP_URL: '' })).toMatchObject({
      hasPublicUrl: false,
      smtp: null,
    })
  })

  it('puts the queue into Redis when there is one', () => {
    const { queueHome } = readEnvironment({ ...ENOUGH, REDIS_URL: 'rediss://redis.example:6380/2' })
    expect(queueHome).toEqual({ kind: 'redis', url: 'rediss://redis.example:6380/2' })
  })

  it('writes links without a double slash', () => {
    expect(readEnvironment({ ...ENOUGH, OUTLAY_PUBLIC_URL: 'https://outlay.example.com/' }).publicUrl).toBe(
      'https://outlay.example.com',
    )
  })

  it('serves the portal of this process, or of another when its address is given', () => {
    expect(readEnvironment({ ...ENOUGH, OUTLAY_PORTAL_DIR: '/web' }).portal).toEqual({ kind: 'embedded', dir: '/web' })
    expect(readEnvironment({ ...ENOUGH, OUTLAY_PORTAL_URL: 'http://localhost:3000' }).portal).toEqual({
      kind: 'proxy',
      url: 'http://localhost:3000',
    })
  })
})
