import { ALLOW_LIST, hookPolicy, isAllowList, type HookPolicy } from '@outlay/db/channels/hook-policy'
import { chooseHome, type QueueHome } from '@outlay/workers/queue-home'
import { z } from 'zod'
import type { OidcSettings } from './auth/oidc.ts'

/** What the server is told by its environment, checked and typed. */
export interface ServerSettings {
  host: string
  port: number
  appDatabaseUrl: string
  authDatabaseUrl: string
  queueHome: QueueHome
  secret: string
  /** Without a trailing slash. */
  publicUrl: string
  /** Whether somebody set it; else it is the loopback address. */
  hasPublicUrl: boolean
  portal: { kind: 'embedded'; dir: string } | { kind: 'proxy'; url: string } | { kind: 'none' }
  smtp: { url: string; from: string } | null
  /** The provider by which people may sign in; null: there is none. */
  oidc: OidcSettings | null
  dataDir: string
  /** Where webhooks may go. */
  hooks: HookPolicy
  isDevelopment: boolean
  logLevel: string
}

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address')
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' })

/** Whether nobody between can read or change what is sent to an address. */
function isPrivate(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
}

const Environment = z.object({
  OUTLAY_HOST: z.string().default('127.0.0.1'),
  OUTLAY_PORT: z.coerce.number('must be a port number').int().min(0).max(65_535).default(4000),
  APP_DATABASE_URL: postgresUrl,
  AUTH_DATABASE_URL: postgresUrl,
  QUEUE_DATABASE_URL: postgresUrl,
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must be a redis:// or rediss:// address')
    .optional(),
  OUTLAY_SECRET: z.string().min(32, 'must have at least 32 characters'),
  OUTLAY_PUBLIC_URL: httpUrl.optional(),
  OUTLAY_PORTAL_DIR: z.string().optional(),
  OUTLAY_PORTAL_URL: httpUrl.optional(),
  OUTLAY_DATA_DIR: z.string().default('.outlay'),
  OUTLAY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must be an smtp:// or smtps:// address')
    .optional(),
  OUTLAY_MAIL_FROM: z.string().default('Outlay <outlay@localhost>'),
  OUTLAY_OIDC_ISSUER: httpUrl.refine(isPrivate, 'must be an https address, or one of this machine').optional(),
  OUTLAY_OIDC_CLIENT_ID: z.string().optional(),
  OUTLAY_OIDC_CLIENT_SECRET: z.string().optional(),
  OUTLAY_OIDC_LABEL: z.string().max(60, 'must have at most 60 characters').default('single sign-on'),
  OUTLAY_WEBHOOK_ALLOW: z.string().default('').refine(isAllowList, ALLOW_LIST),
  NODE_ENV: z.string().optional(),
})

/** The environment is not usable; the message lists every problem at once. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** Reads the environment. Throws EnvironmentError naming every variable that is missing or wrong. */
export function readEnvironment(environment: NodeJS.ProcessEnv): ServerSettings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message, code }) => {
      const name = path.join('.')
      return given[name] === undefined && code === 'invalid_type' ? `${name} is missing.` : `${name} ${message}.`
    })
    throw problemsFound(problems)
  }
  const env = parsed.data
  const missing = missingOf(env)
  if (missing.length > 0) throw problemsFound(missing)
  return {
    host: env.OUTLAY_HOST,
    port: env.OUTLAY_PORT,
    appDatabaseUrl: env.APP_DATABASE_URL,
    authDatabaseUrl: env.AUTH_DATABASE_URL,
    queueHome: chooseHome({ postgresUrl: env.QUEUE_DATABASE_URL, redisUrl: env.REDIS_URL }),
    secret: env.OUTLAY_SECRET,
    publicUrl: (env.OUTLAY_PUBLIC_URL ?? `http://127.0.0.1:${env.OUTLAY_PORT}`).replace(/\/+$/, ''),
    hasPublicUrl: env.OUTLAY_PUBLIC_URL !== undefined,
    portal: portalOf(env),
    smtp: env.SMTP_URL === undefined ? null : { url: env.SMTP_URL, from: env.OUTLAY_MAIL_FROM },
    oidc: oidcOf(env),
    dataDir: env.OUTLAY_DATA_DIR,
    hooks: hookPolicy(env.OUTLAY_WEBHOOK_ALLOW),
    isDevelopment: env.NODE_ENV === 'development',
    logLevel: env.OUTLAY_LOG_LEVEL,
  }
}

function problemsFound(problems: readonly string[]): EnvironmentError {
  return new EnvironmentError(['The server cannot start:', ...problems.map((problem) => `- ${problem}`)].join('\n'))
}

/** What a provider needs beside its address: the client's name and secret, and an address of ours that it may send people back to. */
function missingOf(env: z.infer<typeof Environment>): string[] {
  const given = ['OUTLAY_OIDC_ISSUER', 'OUTLAY_OIDC_CLIENT_ID', 'OUTLAY_OIDC_CLIENT_SECRET'] as const
  const [first] = given.filter((name) => env[name] !== undefined)
  if (first === undefined) return []
  return [...given, 'OUTLAY_PUBLIC_URL' as const]
    .filter((name) => env[name] === undefined)
    .map((name) => `${name} is needed with ${first}.`)
}

function oidcOf(env: z.infer<typeof Environment>): OidcSettings | null {
  const { OUTLAY_OIDC_ISSUER: issuer, OUTLAY_OIDC_CLIENT_ID: clientId, OUTLAY_OIDC_CLIENT_SECRET: clientSecret } = env
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null
  return { issuer: issuer.replace(/\/+$/, ''), clientId, clientSecret, label: env.OUTLAY_OIDC_LABEL }
}

function portalOf(env: { OUTLAY_PORTAL_DIR?: string; OUTLAY_PORTAL_URL?: string }): ServerSettings['portal'] {
  if (env.OUTLAY_PORTAL_URL !== undefined) return { kind: 'proxy', url: env.OUTLAY_PORTAL_URL }
  if (env.OUTLAY_PORTAL_DIR !== undefined) return { kind: 'embedded', dir: env.OUTLAY_PORTAL_DIR }
  return { kind: 'none' }
}
