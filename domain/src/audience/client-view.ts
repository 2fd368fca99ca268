import { z } from 'zod'

/*
 * What a client is shown (law L28). This schema is the whole of it: it is strict, so a field that is not here cannot be sent, and there is no
 * field for provider cost, markup, margin, another client, a prompt, an id or a person of the firm. Amounts are decimal text of `currency`.
 */

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/)
const colour = z.string().regex(/^#[0-9a-f]{6}$/)
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

const MODELS = [
  ...(['PASS_THROUGH', 'COST_PLUS', 'RATE_CARD', 'PER_TASK'] as const),
  ...(['RETAINER', 'PER_AGENT', 'OUTCOME', 'TIME'] as const),
] as const

const lineSchema = z.strictObject({
  /** In plain words. */
  what: z.string(),
  /** How many of `unit`; null where the amount is not one of so many at a price. */
  quantity: decimal.nullable(),
  unit: z.string().nullable(),
  unitPrice: decimal.nullable(),
  amount: decimal,
})

const rateSchema = z.strictObject({
  what: z.string(),
  /** A price; null where the agreement names a quantity. */
  amount: decimal.nullable(),
  quantity: decimal.nullable(),
  unit: z.string().nullable(),
})

const allowanceSchema = z.strictObject({
  unit: z.string(),
  /** Of this month, and what was left of months before and may still be used. */
  included: decimal,
  /** All that was used, within the allowance and beyond it. */
  used: decimal,
  left: decimal,
})

const dailySchema = z.strictObject({
  /** What is charged or counted by day, in plain words. */
  what: z.string(),
  /** Of a quantity; null: amounts of `currency`. */
  unit: z.string().nullable(),
  /** One for each day from `from` on, up to `to`. */
  values: z.array(decimal),
  /** Of amounts, what is of no single day: total − Σ values. null for quantities. */
  rest: decimal.nullable(),
})

const agreementSchema = z.strictObject({
  /** The project it is for; null: all work outside projects with an agreement of their own. */
  project: z.string().nullable(),
  model: z.enum(MODELS),
  /** How it is charged, in plain words. */
  words: z.string(),
  since: day,
  /** The days charged, half-open. */
  from: day,
  to: day,
  /** What was agreed. */
  rates: z.array(rateSchema),
  lines: z.array(lineSchema),
  /** Σ amount of the lines. */
  total: decimal,
  allowance: allowanceSchema.nullable(),
  /** Day by day, as far as the agreement charges or counts by day. */
  daily: z.array(dailySchema),
  /** Some of the work has no price yet, so the charge may grow. */
  isProvisional: z.boolean(),
})

const taskSchema = z.strictObject({
  title: z.string(),
  project: z.string().nullable(),
  /** The day it was delivered; null: still being worked on. */
  deliveredOn: day.nullable(),
  /** What ran for it, in plain words. */
  ran: z.string(),
  /** How it is charged, in plain words. */
  why: z.string(),
  /** Before what the agreement takes off or adds for the month; null where it is not charged by task. */
  charge: decimal.nullable(),
})

const daySchema = z.strictObject({
  day,
  delivered: z.number().int(),
  /** Only where the agreement counts them. */
  tokens: decimal.nullable(),
  invocations: decimal.nullable(),
})

/** A month of a client's work, as the client is shown it. */
export const clientViewSchema = z.strictObject({
  firm: z.string(),
  /** Its colours on light and on dark pages; null: none of its own. */
  brand: z.strictObject({ light: colour, dark: colour }).nullable(),
  client: z.string(),
  /** First day of the month. */
  month: day,
  /** The first day after it. */
  to: day,
  /** Days of it are still to come. */
  isSoFar: z.boolean(),
  currency: z.string().length(3),
  timeZone: z.string(),
  agreements: z.array(agreementSchema),
  /** Σ total of the agreements. */
  total: decimal,
  /** Tasks delivered in the month. */
  delivered: z.number().int(),
  /** How many tasks there are to show, shown or not. */
  taskCount: z.number().int(),
  /** The latest delivered first; what is still being worked on last. */
  tasks: z.array(taskSchema),
  /** Every day of the month. */
  days: z.array(daySchema),
})

export type ClientView = z.infer<typeof clientViewSchema>
export type ClientAgreement = ClientView['agreements'][number]
export type ClientLine = ClientAgreement['lines'][number]
export type ClientRate = ClientAgreement['rates'][number]
export type ClientDaily = ClientAgreement['daily'][number]
export type ClientTask = ClientView['tasks'][number]
