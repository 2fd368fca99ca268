import type {
  ReportDeliveryState,
  ReportKind,
  ReportPeriodRule,
  ReportRunState,
  ReportRunStep,
} from '../generated/graphql.ts'
import type { Tone } from '../components/ui/badge.tsx'
import { countText } from './format.ts'

export const REPORT_KINDS: Readonly<Record<ReportKind, string>> = {
  FINANCE_PACK: 'Finance pack',
  PROJECT_WEEKLY: 'Project weekly',
  CLIENT_STATEMENT: 'Client statement',
}

export const PERIOD_RULES: Readonly<Record<ReportPeriodRule, string>> = {
  LAST_MONTH: 'the month before',
  LAST_WEEK: 'the week before, Monday to Sunday',
  LAST_7_DAYS: 'the seven days before',
}

/** The days that a schedule of a kind can name, and when it usually runs. */
export const KIND_RULES: Readonly<Record<ReportKind, { rules: readonly ReportPeriodRule[]; cron: string }>> = {
  FINANCE_PACK: { rules: ['LAST_MONTH'], cron: '0 8 2 * *' },
  PROJECT_WEEKLY: { rules: ['LAST_WEEK', 'LAST_7_DAYS'], cron: '0 7 * * 1' },
  CLIENT_STATEMENT: { rules: ['LAST_MONTH'], cron: '0 8 3 * *' },
}

export const DELIVERY_STATES: Readonly<Record<ReportDeliveryState, { text: string; tone: Tone }>> = {
  PENDING: { text: 'waits', tone: 'neutral' },
  SENT: { text: 'sent', tone: 'ok' },
  REFUSED: { text: 'not sent', tone: 'warn' },
  GIVEN_UP: { text: 'given up', tone: 'bad' },
}

/** How far the making of a report is. */
export interface RunProgress {
  state: ReportRunState
  step?: ReportRunStep | null | undefined
  filesDone: number
  filesTotal: number
}

/** Whether a worker has it or will have it. */
export function isUnderWay({ state }: Pick<RunProgress, 'state'>): boolean {
  return state === 'QUEUED' || state === 'RUNNING'
}

/** Whole percent that never says 100 before it is there. Null while nobody has begun. */
export function runPercent({ state, filesDone, filesTotal }: RunProgress): number | null {
  if (state !== 'RUNNING') return null
  return Math.floor(10 + (85 * filesDone) / filesTotal)
}

/**
 * How far it is, in words.
 *
 *     runText({ state: 'RUNNING', step: 'RENDER', filesDone: 1, filesTotal: 4 }) // 'making file 2 of 4'
 */
export function runText({ state, step, filesDone, filesTotal }: RunProgress): string {
  if (state === 'QUEUED') return 'begins as soon as a worker is free'
  if (step === 'RENDER') return `making file ${filesDone + 1} of ${filesTotal}`
  return step === 'STORE' ? 'storing it' : 'reading what it says'
}

/** Addresses as people write them: with commas, semicolons, blanks or lines between. */
export function addressesOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((address) => address !== '')
}

/**
 * Who is told, in few words.
 *
 *     recipientsText(['a@x.com', 'b@x.com', 'c@x.com']) // 'a@x.com and 2 more'
 */
export function recipientsText(recipients: readonly string[]): string {
  const [first, ...more] = recipients
  if (first === undefined) return 'nobody'
  return more.length === 0 ? first : `${first} and ${countText(more.length)} more`
}
