import { ALLOW_LIST, hookPolicy, isAllowList, type HookPolicy } from '@outlay/db/channels/hook-policy'
import { z } from 'zod'
import { chooseHome, type QueueHome } from './queue-home.ts'

const address = z
  .string('is needed: a PostgreSQL address')
  .regex(/^postgres(ql)?:\/\//, 'must be an address such as postgresql://user:password@host:5432/outlay')

/** Whom mails come from when nobody says. */
const MAIL_FROM = 'Outlay <outlay@localhost>'

const schema = z.object({
  APP_DATABASE_URL: address,
  AUTH_DATABASE_URL: address,
  QUEUE_DATABASE_URL: address,
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must be an address such as redis://host:6379')
    .optional(),
  OUTLAY_SECRET: z.string('is needed, as the server has it').min(32, 'must have at least 32 characters'),
  OUTLAY_DATA_DIR: z.string().default('.outlay'),
  OUTLAY_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must be an smtp:// or smtps:// address')
    .optional(),
  OUTLAY_MAIL_FROM: z.string().default(MAIL_FROM),
  OUTLAY_WEBHOOK_ALLOW: z.string().default('').refine(isAllowList, ALLOW_LIST),
  OUTLAY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

export type WorkerSettings = {
  appUrl: string
  authUrl: string
  queueHome: QueueHome
  /** What the secrets of channels are sealed with: the server's. */
  secret: string
  /** Where mails go without SMTP. */
  dataDir: string
  smtp: { url: string; from: string } | null
  mailFrom: string
  /** Without a slash at its end; null: messages have no links. */
  publicUrl: string | null
  hooks: HookPolicy
  logLevel: string
}

/** Reads the worker's settings; all problems are in one message. */
export function readWorkerSettings(environment: NodeJS.ProcessEnv): WorkerSettings {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(present)
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`).join('\n'))
  }
  const env = parsed.data
  return {
    appUrl: env.APP_DATABASE_URL,
    authUrl: env.AUTH_DATABASE_URL,
    queueHome: chooseHome({ postgresUrl: env.QUEUE_DATABASE_URL, redisUrl: env.REDIS_URL }),
    secret: env.OUTLAY_SECRET,
    dataDir: env.OUTLAY_DATA_DIR,
    smtp: env.SMTP_URL === undefined ? null : { url: env.SMTP_URL, from: env.OUTLAY_MAIL_FROM },
    mailFrom: env.OUTLAY_MAIL_FROM,
    publicUrl: env.OUTLAY_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    hooks: hookPolicy(env.OUTLAY_WEBHOOK_ALLOW),
    logLevel: env.OUTLAY_LOG_LEVEL,
  }
}
