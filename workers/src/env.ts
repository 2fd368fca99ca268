import { z } from 'zod'
import { chooseHome, type QueueHome } from './queue-home.ts'

const address = z
  .string('is needed: a PostgreSQL address')
  .regex(/^postgres(ql)?:\/\//, 'must be an address such as postgresql://user:password@host:5432/outlay')

const schema = z.object({
  APP_DATABASE_URL: address,
  AUTH_DATABASE_URL: address,
  QUEUE_DATABASE_URL: address,
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must be an address such as redis://host:6379')
    .optional(),
  OUTLAY_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

export type WorkerSettings = { appUrl: string; authUrl: string; queueHome: QueueHome; logLevel: string }

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
    logLevel: env.OUTLAY_LOG_LEVEL,
  }
}
