import { isAbsolute, resolve } from 'node:path'
import { isTimeZone } from '@outlay/domain/periods/time-zone'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { z } from 'zod'
import { StartFailure } from './failure.ts'

/** A tenant for unattended installs: made once, found again at every later start. */
export type InitTenant = {
  key: string
  currency: string
  timeZone: string
  email: string | null
  password: string | null
  apiKey: string | null
}

export type Settings = {
  host: string
  port: number
  dataDir: string
  /** An external Postgres, or null for the embedded one. */
  databaseUrl: string | null
  secret: string | null
  /** Null: decided by whether the database is empty. */
  demo: boolean | null
  init: InitTenant | null
  redisUrl: string | null
  smtpUrl: string | null
  publicUrl: string | null
}

const PORT = 'must be a port number from 1 to 65535, such as 4000'

const url = (protocols: string[], example: string) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be an address such as ${example}`,
    )

const schema = z.object({
  OUTLAY_HOST: z.string().default('127.0.0.1'),
  OUTLAY_PORT: z
    .string()
    .regex(/^\d{1,5}$/, PORT)
    .transform((text) => Number.parseInt(text, 10))
    .refine((port) => port >= 1 && port <= 65_535, PORT)
    .default(4000),
  OUTLAY_DATA_DIR: z.string().default('.outlay'),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/outlay').optional(),
  REDIS_URL: url(['redis:', 'rediss:'], 'redis://host:6379').optional(),
  SMTP_URL: url(['smtp:', 'smtps:'], 'smtp://host:587').optional(),
  OUTLAY_PUBLIC_URL: url(['http:', 'https:'], 'https://outlay.example.com').optional(),
  OUTLAY_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  OUTLAY_DEMO: z.enum(['true', 'false', '1', '0'], 'must be true or false').optional(),
  OUTLAY_INIT_TENANT: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a key of lower-case letters, digits and hyphens, such as fernhill')
    .optional(),
  OUTLAY_INIT_CURRENCY: z.string().refine(isCurrencyCode, 'must be a currency code such as GBP').default('USD'),
  OUTLAY_INIT_TIME_ZONE: z.string().refine(isTimeZone, 'must be a time zone such as Europe/London').default('UTC'),
  OUTLAY_INIT_EMAIL: z.email('must be an e-mail address').optional(),
  OUTLAY_INIT_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  OUTLAY_INIT_API_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
})

/** Settings of other parts and of senders, which may stand in the same shell. */
const OTHERS = new Set([
  'OUTLAY_API_KEY',
  'OUTLAY_API_URL',
  'OUTLAY_LOG_LEVEL',
  'OUTLAY_MAIL_FROM',
  'OUTLAY_OIDC_ISSUER',
  'OUTLAY_OIDC_CLIENT_ID',
  'OUTLAY_OIDC_CLIENT_SECRET',
  'OUTLAY_OIDC_LABEL',
  'OUTLAY_URL',
  'OUTLAY_WEBHOOK_ALLOW',
  'OUTLAY_TEST_PG',
  'OUTLAY_TEST_STRICT',
])

/**
 * Reads every setting of the environment. An empty variable counts as absent.
 *
 * Throws StartFailure naming all problems at once. `warnings` names variables that look like a setting and are none.
 */
export function readSettings(
  environment: NodeJS.ProcessEnv,
  { root }: { root: string },
): { settings: Settings; warnings: string[] } {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(present)
  const problems = parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}.`) ?? []
  problems.push(...initProblems(present))
  if (!parsed.success || problems.length > 0) throw new StartFailure(problems.join('\n'))
  const env = parsed.data
  return {
    settings: {
      host: env.OUTLAY_HOST,
      port: env.OUTLAY_PORT,
      dataDir: isAbsolute(env.OUTLAY_DATA_DIR) ? env.OUTLAY_DATA_DIR : resolve(root, env.OUTLAY_DATA_DIR),
      databaseUrl: env.DATABASE_URL ?? null,
      secret: env.OUTLAY_SECRET ?? null,
      demo: env.OUTLAY_DEMO === undefined ? null : env.OUTLAY_DEMO === 'true' || env.OUTLAY_DEMO === '1',
      init: initTenant(env),
      redisUrl: env.REDIS_URL ?? null,
      smtpUrl: env.SMTP_URL ?? null,
      publicUrl: env.OUTLAY_PUBLIC_URL ?? null,
    },
    warnings: unknownSettings(present),
  }
}

function initTenant(env: z.infer<typeof schema>): InitTenant | null {
  if (env.OUTLAY_INIT_TENANT === undefined) return null
  return {
    key: env.OUTLAY_INIT_TENANT,
    currency: env.OUTLAY_INIT_CURRENCY,
    timeZone: env.OUTLAY_INIT_TIME_ZONE,
    email: env.OUTLAY_INIT_EMAIL ?? null,
    password: env.OUTLAY_INIT_PASSWORD ?? null,
    apiKey: env.OUTLAY_INIT_API_KEY ?? null,
  }
}

function initProblems(present: NodeJS.ProcessEnv): string[] {
  const problems: string[] = []
  const given = Object.keys(present).filter((name) => name.startsWith('OUTLAY_INIT_') && name !== 'OUTLAY_INIT_TENANT')
  if (given.length > 0 && present.OUTLAY_INIT_TENANT === undefined) {
    problems.push(`${given.join(', ')} needs OUTLAY_INIT_TENANT, the key of the tenant to create.`)
  }
  if ((present.OUTLAY_INIT_EMAIL === undefined) !== (present.OUTLAY_INIT_PASSWORD === undefined)) {
    problems.push('OUTLAY_INIT_EMAIL and OUTLAY_INIT_PASSWORD are needed together.')
  }
  return problems
}

/** A misspelt setting would be silently without effect; it is named, with the one that was probably meant. */
function unknownSettings(present: NodeJS.ProcessEnv): string[] {
  const known = Object.keys(schema.shape)
  return Object.keys(present)
    .filter((name) => name.startsWith('OUTLAY_') && !known.includes(name) && !OTHERS.has(name))
    .map((name) => {
      const meant = known.find((candidate) => distance(name, candidate) <= 2)
      return `${name} is not a setting of Outlay and is ignored${meant === undefined ? '' : `; ${meant} was meant?`}`
    })
}

/** How many letters must be added, removed or replaced to make one word the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
