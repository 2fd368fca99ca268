import type { HookPolicy } from '@outlay/db/channels/hook-policy'
import type { Sealer } from '@outlay/db/channels/seal'
import type { Attempt, Outgoing } from '@outlay/db/channels/try-delivery'
import { idText } from '@outlay/domain/ids/id-text'
import type { Mailer } from '../mail/mailer.ts'
import { within } from '../within.ts'
import { mailOf } from './mail-message.ts'
import { postJson, type Answer, type Resolve } from './post.ts'
import { signedHeaders } from './sign.ts'
import { slackMessageOf } from './slack-message.ts'
import { webhookBodyOf } from './webhook-body.ts'

/** What sending needs of the installation. */
export interface SendTools {
  mailer: Mailer
  /** Of the address that mails come from. */
  mailDomain: string
  sealer: Sealer
  hooks: HookPolicy
  /** Without a slash at its end; null: messages have no links. */
  publicUrl: string | null
  resolve?: Resolve
}

/** The row is locked meanwhile; after a minute Postgres would end a transaction that waits. */
const MAIL_MS_MAX = 30_000
const ERROR_LENGTH_MAX = 500

/** Sends a message and answers how that went. Never throws: what goes wrong is what the delivery log is for. */
export async function send(outgoing: Outgoing, tools: SendTools): Promise<Attempt> {
  const began = performance.now()
  const ended = (of: Omit<Attempt, 'ms'>): Attempt => ({ ms: Math.round(performance.now() - began), ...of })
  try {
    const answer = await SENDERS[outgoing.channel.kind](outgoing, tools)
    return ended(answer === null ? { status: null, error: null, isFinal: false } : outcomeOf(answer))
  } catch (error) {
    return ended({ status: null, error: readable(messageOf(error)), isFinal: false })
  }
}

type Sender = (outgoing: Outgoing, tools: SendTools) => Promise<Answer | null>

const SENDERS: Record<Outgoing['channel']['kind'], Sender> = {
  EMAIL: async (outgoing, { mailer, mailDomain, publicUrl }) => {
    await within(MAIL_MS_MAX, mailer.send(mailOf(outgoing, { publicUrl, domain: mailDomain })))
    return null
  },
  WEBHOOK: (outgoing, { sealer, publicUrl, ...tools }) => {
    const body = webhookBodyOf(outgoing, publicUrl)
    const id = idText('dlv', outgoing.delivery.id)
    const headers = signedHeaders({ id, atMs: Date.now(), body, secret: secretOf(outgoing, sealer) })
    return postJson(outgoing.channel.target, { body, headers }, policyOf(tools))
  },
  SLACK: (outgoing, { sealer, publicUrl, ...tools }) => {
    const body = JSON.stringify(slackMessageOf(outgoing, publicUrl))
    return postJson(secretOf(outgoing, sealer), { body, headers: {} }, policyOf(tools))
  },
}

function secretOf({ tenant, channel }: Outgoing, sealer: Sealer): string {
  if (channel.secret === null) throw new Error('The channel has no secret; save it again.')
  return sealer.open(channel.secret, { tenantId: tenant.id, id: channel.id })
}

const policyOf = ({ hooks, resolve }: Pick<SendTools, 'hooks' | 'resolve'>) => ({
  policy: hooks,
  ...(resolve === undefined ? {} : { resolve }),
})

/** 410 is how a receiver says that it is gone for good. */
function outcomeOf({ status, text }: Answer): Omit<Attempt, 'ms'> {
  if (status >= 200 && status < 300) return { status, error: null, isFinal: false }
  const said = readable(text).slice(0, 200)
  const isRedirect = status >= 300 && status < 400
  const why = isRedirect ? '; redirects are not followed' : said === '' ? '' : `: ${said}`
  return { status, error: `It answered ${status}${why}.`.replace(/\.\.$/, '.'), isFinal: status === 410 }
}

function messageOf(error: unknown): string {
  const { name, message = '' } = error as { name?: string; message?: string }
  if (name === 'TimeoutError') return 'There was no answer within 5 seconds.'
  // Several addresses that were all tried come as one error of many, without a message.
  const [inner] = error instanceof AggregateError ? (error.errors as Error[]) : []
  return message === '' ? (inner?.message ?? String(error)) : message
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNREADABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]+/g

/** A text of somebody else, as a line of a log can hold it. */
function readable(text: string): string {
  return text.replaceAll(UNREADABLE, ' ').trim().slice(0, ERROR_LENGTH_MAX)
}
