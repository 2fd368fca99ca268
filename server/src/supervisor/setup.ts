import { writeFileSync } from 'node:fs'
import { prepareExternalDatabase } from './database.ts'
import { readSettings } from './env.ts'
import { describeFailure, StartFailure } from './failure.ts'
import { installationSecret } from './secret.ts'
import { createTenants } from './tenants.ts'

/*
 * For installations whose parts run as services of their own (compose.yaml): does once, before they start, what the
 * supervisor does at every start. Migrates the database of DATABASE_URL, lets the restricted roles log in, makes the
 * tenant of OUTLAY_INIT_*, and writes the addresses for server and worker into the file that is named as argument, for
 * `node --env-file`. They never learn the owner's address.
 */
async function setUp(file: string | undefined): Promise<void> {
  if (file === undefined) throw new StartFailure('Which file? setup.ts FILE writes the addresses of the roles there.')
  const { settings, warnings } = readSettings(process.env, { root: process.cwd() })
  for (const warning of warnings) console.warn(warning)
  if (settings.databaseUrl === null) throw new StartFailure('DATABASE_URL is needed: the address of the owner.')
  const secret = installationSecret(settings)
  const urls = await prepareExternalDatabase(settings, secret)
  await createTenants({ settings, urls, secret, log: console.log })
  const lines = [
    `APP_DATABASE_URL=${urls.appUrl}`,
    `AUTH_DATABASE_URL=${urls.authUrl}`,
    `QUEUE_DATABASE_URL=${urls.queueUrl}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  console.log('The database is ready.')
}

setUp(process.argv[2]).catch((error: unknown) => {
  console.error(describeFailure(error))
  process.exitCode = 1
})
