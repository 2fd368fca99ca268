import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readSettings } from './env.ts'
import { installationSecret } from './secret.ts'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'outlay-secret-'))
})

afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const settings = (environment: NodeJS.ProcessEnv = {}) =>
  readSettings({ OUTLAY_DATA_DIR: dataDir, ...environment }, { root: '/' }).settings

describe('the secret of an installation', () => {
  it('is made once, is long, and is readable by its owner only', () => {
    const made = installationSecret(settings())
    expect(made.length).toBeGreaterThanOrEqual(43)
    expect(installationSecret(settings())).toBe(made)
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600)
  })

  it('is taken as given', () => {
    expect(installationSecret(settings({ OUTLAY_SECRET: 'x'.repeat(32) }))).toBe('x'.repeat(32))
  })

  it('must be given with an external database', () => {
    const external = settings({ DATABASE_URL: 'postgresql://u:p@host/db' })
    expect(() => installationSecret(external)).toThrow('OUTLAY_SECRET is needed with an external database')
  })

  it('is not replaced when its file is damaged: everybody would be signed out without a word', () => {
    writeFileSync(join(dataDir, 'secret'), 'half')
    expect(() => installationSecret(settings())).toThrow('is damaged (4 of at least 32 characters)')
  })

  it('says in one sentence that the data folder cannot be used', () => {
    writeFileSync(join(dataDir, 'file'), '')
    const inside = settings({ OUTLAY_DATA_DIR: join(dataDir, 'file') })
    expect(() => installationSecret(inside)).toThrow(/^The data folder \S+ cannot be used: .*; set OUTLAY_DATA_DIR/)
  })
})
