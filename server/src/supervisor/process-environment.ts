import type { DatabaseUrls } from './database.ts'
import type { Settings } from './env.ts'

/** The portal's production build, or where its sources are being served. */
export type Portal = { dir: string } | { url: string }

const address = ({ port }: Settings) => `http://127.0.0.1:${port}`

/** What no child is told: the owner's database, and what only the first start needs. */
const WITHHELD = /^(DATABASE_URL|OUTLAY_SECRET|OUTLAY_INIT_.*|npm_.*)$/

/** What every child gets: the caller's environment without the supervisor's own secrets. */
export function childEnvironment(environment: NodeJS.ProcessEnv, { watch }: { watch: boolean }): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !WITHHELD.test(name))
  return {
    // A person at a terminal reads what is wrong; OUTLAY_LOG_LEVEL=info tells of every request.
    OUTLAY_LOG_LEVEL: 'warn',
    ...Object.fromEntries(kept),
    NODE_ENV: watch ? 'development' : 'production',
  }
}

/** The server works under the restricted roles; it never learns the owner's address. */
export function serverEnvironment(options: {
  settings: Settings
  urls: DatabaseUrls
  secret: string
  portal: Portal
}): NodeJS.ProcessEnv {
  const { settings, urls, secret, portal } = options
  return {
    OUTLAY_HOST: settings.host,
    OUTLAY_PORT: String(settings.port),
    ...databaseEnvironment({ settings, urls }),
    OUTLAY_SECRET: secret,
    OUTLAY_DATA_DIR: settings.dataDir,
    ...('dir' in portal ? { OUTLAY_PORTAL_DIR: portal.dir } : { OUTLAY_PORTAL_URL: portal.url }),
    ...portalEnvironment(settings),
  }
}

/** The worker opens what the server sealed, writes mails where the server does, and links to the same portal. */
export function workerEnvironment(options: {
  settings: Settings
  urls: DatabaseUrls
  secret: string
}): NodeJS.ProcessEnv {
  const { settings, urls, secret } = options
  return {
    ...databaseEnvironment({ settings, urls }),
    OUTLAY_SECRET: secret,
    OUTLAY_DATA_DIR: settings.dataDir,
    OUTLAY_PUBLIC_URL: settings.publicUrl ?? address(settings),
  }
}

/** Rows, sign-in, and where jobs wait: in Redis when there is one. */
function databaseEnvironment({ settings, urls }: { settings: Settings; urls: DatabaseUrls }): NodeJS.ProcessEnv {
  return {
    APP_DATABASE_URL: urls.appUrl,
    AUTH_DATABASE_URL: urls.authUrl,
    QUEUE_DATABASE_URL: urls.queueUrl,
    ...(settings.redisUrl === null ? {} : { REDIS_URL: settings.redisUrl }),
  }
}

/** Where the portal's pages find the API. */
export function portalEnvironment(settings: Settings): NodeJS.ProcessEnv {
  return { OUTLAY_API_URL: address(settings) }
}
