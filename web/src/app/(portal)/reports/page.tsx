import type { Metadata } from 'next'
import { ReportProgress } from '../../../components/report/report-progress.tsx'
import { SubscribeWeekly } from '../../../components/report/subscribe-weekly.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Pager } from '../../../components/ui/pager.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { ReportKind, ReportsQuery } from '../../../generated/graphql.ts'
import { query } from '../../../lib/api.ts'
import { addDays, firstOfMonth, mondayOf, rangeText } from '../../../lib/calendar.ts'
import { countText } from '../../../lib/format.ts'
import { clientMembers } from '../../../lib/members.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import { isUnderWay, PERIOD_RULES, recipientsText, REPORT_KINDS } from '../../../lib/reports.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'
import { mayManageReports, mayRequestReports, type Tenant } from '../../../lib/session.ts'
import { momentText } from '../../../lib/time.ts'
import { NewReport } from './new-report.tsx'
import { ScheduleActions } from './schedule-actions.tsx'
import { ScheduleForm } from './schedule-form.tsx'

export const metadata: Metadata = { title: 'Reports' }

const ReportsDocument = graphql(`
  query Reports($after: String) {
    reports(first: 50, after: $after) {
      nodes {
        id
        kind
        from
        to
        editionCount
        client {
          name
        }
        runs {
          id
          state
          step
          filesDone
          filesTotal
          error
          requestedBy
          requestedAt
          doneAt
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
    reportSchedules {
      id
      kind
      cron
      periodRule
      recipients
      isSubscription
      subscribers
      state
      createdBy
      client {
        name
      }
      nextRuns {
        at
        from
        to
      }
      ticks {
        at
        skipped
      }
    }
    weeklyReportSubscription
  }
`)

export default async function ReportsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant, role } = viewer
  const params = await searchParams
  const [answer, clients] = await Promise.all([
    query(ReportsDocument, { after: first(params['cursor']) }),
    clientMembers(),
  ])
  const { reports, reportSchedules: schedules, weeklyReportSubscription } = answer
  const kinds = kindsOf(role)
  const lastMonth = addDays(firstOfMonth(tenant.today), -1).slice(0, 7)
  return (
    <>
      <PageHeader
        title="Reports"
        truth={[...tenantTruth(tenant), { text: 'editions are kept for ever' }]}
        actions={
          <>
            <SubscribeWeekly isSubscribed={weeklyReportSubscription} />
            {kinds.length === 0 ? null : (
              <NewReport
                kinds={kinds}
                clients={clients}
                month={lastMonth}
                monday={addDays(mondayOf(tenant.today), -7)}
              />
            )}
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <Made reports={reports.nodes} tenant={tenant} />
        <Pager path="/reports" params={params} noun="reports" {...reports.pageInfo} />
        <Schedules schedules={schedules} kinds={kinds} clients={clients} tenant={tenant} />
      </div>
    </>
  )
}

/** What the role may have made. */
function kindsOf(role: Parameters<typeof mayManageReports>[0]): ReportKind[] {
  if (mayManageReports(role)) return ['FINANCE_PACK', 'PROJECT_WEEKLY', 'CLIENT_STATEMENT']
  return mayRequestReports(role) ? ['PROJECT_WEEKLY'] : []
}

type Report = ReportsQuery['reports']['nodes'][number]
type Schedule = ReportsQuery['reportSchedules'][number]

function nameOf({ kind, client }: Pick<Report | Schedule, 'kind' | 'client'>): string {
  return client == null ? REPORT_KINDS[kind] : `${REPORT_KINDS[kind]}, ${client.name}`
}

function Made({ reports, tenant }: { reports: readonly Report[]; tenant: Tenant }) {
  return (
    <Card flush title="Made" caption="The newest first; each opens with its editions, files and mails">
      {reports.length === 0 ? (
        <div className="px-3.5 pb-4 sm:px-5">
          <EmptyState>
            No report was made yet. The finance pack of a month, the weekly of projects and the statements of clients
            will stand here, each with the moment that it shows and a hash that it can be held against.
          </EmptyState>
        </div>
      ) : (
        <MiniTable
          label="Reports"
          heads={[
            { label: 'Report' },
            { label: 'State', isMain: true },
            { label: 'Editions', isNumber: true },
            { label: 'Asked for' },
          ]}
          rows={reports.map((report) => {
            const [run] = report.runs
            return {
              id: report.id,
              cells: [
                <span key="name">
                  <Link href={`/reports/${encodeURIComponent(report.id)}`} className="row-link font-[550]">
                    {nameOf(report)}
                  </Link>
                  <span className="block text-caption font-normal text-ink-3">{rangeText(report.from, report.to)}</span>
                </span>,
                <RunState key="state" report={report} tenant={tenant} />,
                <span key="editions" className="num">
                  {countText(report.editionCount)}
                </span>,
                run === undefined ? null : (
                  <span key="asked">
                    <span className="num block">{momentText(run.requestedAt, tenant.timeZone)}</span>
                    <span className="block text-caption break-all whitespace-normal text-ink-3">{run.requestedBy}</span>
                  </span>
                ),
              ],
            }
          })}
        />
      )}
    </Card>
  )
}

function RunState({ report, tenant }: { report: Report; tenant: Tenant }) {
  const [run] = report.runs
  if (run === undefined) return null
  if (isUnderWay(run)) return <ReportProgress id={report.id} runId={run.id} label={nameOf(report)} initial={run} />
  if (run.state === 'FAILED') return <span className="whitespace-normal text-bad">{run.error}</span>
  return <span className="num">{run.doneAt == null ? '' : momentText(run.doneAt, tenant.timeZone)}</span>
}

interface SchedulesProps {
  schedules: readonly Schedule[]
  kinds: readonly ReportKind[]
  clients: readonly { key: string; name: string }[]
  tenant: Tenant
}

function Schedules({ schedules, kinds, clients, tenant }: SchedulesProps) {
  const { timeZone } = tenant
  const form = { kinds, clients, timeZone }
  return (
    <Card
      flush
      title="Schedules"
      caption={`Times are of ${timeZone}; each is run once, and of those that were missed the latest`}
      actions={kinds.length === 0 ? undefined : <ScheduleForm schedule={null} {...form} />}
    >
      {schedules.length === 0 ? (
        <div className="px-3.5 pb-4 sm:px-5">
          <EmptyState>Nothing is made by itself yet.</EmptyState>
        </div>
      ) : (
        <MiniTable
          label="Schedules"
          heads={[
            { label: 'Report' },
            { label: 'Next run', isMain: true },
            { label: 'Sent to' },
            { label: 'Last' },
            { label: '' },
          ]}
          rows={schedules.map((schedule) => ({
            id: schedule.id,
            cells: [
              <span key="name">
                <span className="block font-[550]">{nameOf(schedule)}</span>
                <span className="num block text-caption font-normal whitespace-normal text-ink-3">
                  {schedule.cron} · of {PERIOD_RULES[schedule.periodRule]}
                </span>
              </span>,
              <NextRun key="next" schedule={schedule} timeZone={timeZone} />,
              <span key="to" className="break-all whitespace-normal" title={schedule.recipients.join(', ')}>
                {schedule.isSubscription
                  ? `${countText(schedule.subscribers)} ${schedule.subscribers === 1 ? 'member who' : 'members who'} subscribed`
                  : recipientsText(schedule.recipients)}
              </span>,
              schedule.ticks[0] === undefined ? null : (
                <LastTick key="last" tick={schedule.ticks[0]} timeZone={timeZone} />
              ),
              mayChange(schedule, kinds) ? (
                <span key="do" className="flex flex-wrap gap-2">
                  <ScheduleForm schedule={{ ...schedule, name: nameOf(schedule) }} {...form} />
                  <ScheduleActions id={schedule.id} name={nameOf(schedule)} isPaused={schedule.state === 'PAUSED'} />
                </span>
              ) : null,
            ],
          }))}
        />
      )}
    </Card>
  )
}

/** Whose weekly mail it is, who keeps the money decides. */
function mayChange({ kind, isSubscription }: Schedule, kinds: readonly ReportKind[]): boolean {
  return kinds.includes(isSubscription ? 'FINANCE_PACK' : kind)
}

function NextRun({ schedule, timeZone }: { schedule: Schedule; timeZone: string }) {
  const [next] = schedule.nextRuns
  if (next === undefined) return <Badge tone="warn">paused</Badge>
  const all = schedule.nextRuns.map(({ at }) => momentText(at, timeZone)).join('; ')
  return (
    <span className="num" title={`Next runs: ${all}`}>
      {momentText(next.at, timeZone)}
      <span className="block text-caption text-ink-3">of {rangeText(next.from, next.to)}</span>
    </span>
  )
}

function LastTick({ tick: { at, skipped }, timeZone }: { tick: Schedule['ticks'][number]; timeZone: string }) {
  return (
    <span className="num">
      {momentText(at, timeZone)}
      {skipped == null ? null : (
        <span className="block text-caption whitespace-normal text-warn">not run: {skipped}</span>
      )}
    </span>
  )
}
