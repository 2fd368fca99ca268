'use client'

import { useEffect, useState } from 'react'
import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import { Field } from '../../../components/form/field.tsx'
import {
  ChangeReportScheduleDocument,
  CreateReportScheduleDocument,
  SchedulePreviewDocument,
} from '../../../components/report/schedule-documents.ts'
import type { ReportKind, ReportPeriodRule } from '../../../generated/graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { rangeText } from '../../../lib/calendar.ts'
import { refusalOf } from '../../../lib/mutate.ts'
import { text } from '../../../lib/read-form.ts'
import { addressesOf, KIND_RULES, PERIOD_RULES, REPORT_KINDS } from '../../../lib/reports.ts'
import { momentText } from '../../../lib/time.ts'
import { ClientField } from './client-field.tsx'

interface Schedule {
  id: string
  kind: ReportKind
  name: string
  cron: string
  periodRule: ReportPeriodRule
  recipients: readonly string[]
  isSubscription: boolean
}

interface ScheduleFormProps {
  /** The schedule that is changed; null: a new one. */
  schedule: Schedule | null
  kinds: readonly ReportKind[]
  clients: readonly { key: string; name: string }[]
  timeZone: string
}

/** Says when a report is made by itself, and shows when that will be. */
export function ScheduleForm({ schedule, kinds, clients, timeZone }: ScheduleFormProps) {
  const [kind, setKind] = useState<ReportKind>(schedule?.kind ?? kinds[0] ?? 'PROJECT_WEEKLY')
  const usual = KIND_RULES[kind]
  const [cron, setCron] = useState(schedule?.cron ?? usual.cron)
  const [rule, setRule] = useState<ReportPeriodRule>(schedule?.periodRule ?? usual.rules[0] ?? 'LAST_WEEK')

  function choose(next: ReportKind): void {
    setKind(next)
    setCron(KIND_RULES[next].cron)
    setRule(KIND_RULES[next].rules[0] ?? 'LAST_WEEK')
  }

  const run = (form: FormData) =>
    refusalOf(async () => {
      const terms = { cron, periodRule: rule, recipients: addressesOf(text(form, 'recipients')) }
      if (schedule !== null) {
        const input = { id: schedule.id, ...terms }
        return (await browserQuery(ChangeReportScheduleDocument, { input })).changeReportSchedule.userErrors
      }
      const clientKey = kind === 'CLIENT_STATEMENT' ? text(form, 'client') : null
      const input = { kind, clientKey, ...terms }
      return (await browserQuery(CreateReportScheduleDocument, { input })).createReportSchedule.userErrors
    }, 'The schedule was not saved.')
  return (
    <ActionDialog
      trigger={schedule === null ? 'New schedule…' : 'Change…'}
      {...(schedule === null ? {} : { triggerOf: `the schedule of ${schedule.name}` })}
      title={schedule === null ? 'Make a report by itself' : `Change the schedule of ${schedule.name}`}
      confirm="Save the schedule"
      busy="Saving…"
      run={run}
    >
      {schedule === null ? (
        <Field label="Report">
          <select
            className="field text-body text-ink"
            value={kind}
            onChange={({ target }) => choose(target.value as ReportKind)}
          >
            {kinds.map((one) => (
              <option key={one} value={one}>
                {REPORT_KINDS[one]}
              </option>
            ))}
          </select>
        </Field>
      ) : null}
      {schedule === null && kind === 'CLIENT_STATEMENT' ? <ClientField clients={clients} /> : null}
      <Field label="When" hint={`cron, in ${timeZone}: minute, hour, day, month, weekday`}>
        <input
          className="field num text-body text-ink"
          value={cron}
          onChange={({ target }) => setCron(target.value)}
          autoComplete="off"
          spellCheck={false}
          required
        />
      </Field>
      <Field label="Of which days">
        <select
          className="field text-body text-ink"
          value={rule}
          onChange={({ target }) => setRule(target.value as ReportPeriodRule)}
        >
          {usual.rules.map((one) => (
            <option key={one} value={one}>
              {PERIOD_RULES[one]}
            </option>
          ))}
        </select>
      </Field>
      {schedule?.isSubscription === true ? (
        <p>It is sent to the members who subscribed to the weekly mail.</p>
      ) : (
        <Field label="Send to" hint="e-mail addresses; nobody when empty">
          <input
            className="field text-body text-ink"
            name="recipients"
            autoComplete="off"
            defaultValue={schedule?.recipients.join(', ') ?? ''}
          />
        </Field>
      )}
      <NextRuns cron={cron} rule={rule} timeZone={timeZone} />
    </ActionDialog>
  )
}

const TYPING_MS = 300

interface Upcoming {
  at: string
  from: string
  to: string
}

/** The next five runs, or why there are none, shortly after the last key. */
function NextRuns({ cron, rule, timeZone }: { cron: string; rule: ReportPeriodRule; timeZone: string }) {
  const [answer, setAnswer] = useState<readonly Upcoming[] | string>([])
  useEffect(() => {
    const abort = new AbortController()
    const timer = setTimeout(() => {
      browserQuery(SchedulePreviewDocument, { cron, periodRule: rule }, abort.signal).then(
        ({ reportSchedulePreview }) => setAnswer(reportSchedulePreview),
        (error: unknown) => abort.signal.aborted || setAnswer((error as Error).message),
      )
    }, TYPING_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [cron, rule])
  if (typeof answer === 'string') {
    return (
      <p role="status" className="text-caption text-warn">
        {answer}
      </p>
    )
  }
  return (
    <div role="status" className="min-h-32 text-caption">
      <p className="text-ink-2">Next runs</p>
      <ol className="num">
        {answer.map(({ at, from, to }) => (
          <li key={at}>
            {momentText(at, timeZone)} <span className="text-ink-3">of {rangeText(from, to)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
