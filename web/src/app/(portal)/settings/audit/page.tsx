import type { Metadata } from 'next'
import { exportFilters } from '../../../../components/export/export-job.ts'
import { ExportMenu } from '../../../../components/table/export-menu.tsx'
import { FilterSelect } from '../../../../components/table/filter-select.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { Pager } from '../../../../components/ui/pager.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { AuditLogQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { actionText, factLines } from '../../../../lib/audit.ts'
import { countText } from '../../../../lib/format.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import { allTime } from '../../../../lib/rating-facts.ts'
import { first, hrefWith, type SearchParams } from '../../../../lib/search-params.ts'
import { mayReadAudit, type Tenant } from '../../../../lib/session.ts'
import { dayText, secondsText } from '../../../../lib/time.ts'
import { Link } from '../../../../components/ui/link.tsx'
import { SettingsFrame } from '../settings-frame.tsx'

export const metadata: Metadata = { title: 'Audit log' }

const AuditLogDocument = graphql(`
  query AuditLog($after: String, $action: String, $actor: String) {
    auditFacets {
      actions
      actors
    }
    auditLog(first: 50, after: $after, action: $action, actor: $actor) {
      nodes {
        id
        at
        actorKind
        actor
        action
        subject
        facts
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`)

const PATH = '/settings/audit'

export default async function AuditPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  if (!mayReadAudit(viewer.role)) {
    return (
      <SettingsFrame title="Audit log" path={PATH} viewer={viewer} truth={[]}>
        <NotForRole>The audit log is read by leadership, administrators and Finance.</NotForRole>
      </SettingsFrame>
    )
  }
  const params = await searchParams
  const [action, actor] = [first(params.action), first(params.actor)]
  const { auditLog, auditFacets } = await query(AuditLogDocument, { after: first(params.cursor), action, actor })
  const isFiltered = action !== null || actor !== null
  const count = auditLog.totalCount
  return (
    <SettingsFrame
      title="Audit log"
      path={PATH}
      viewer={viewer}
      truth={[
        {
          text: 'every change, by whom and when',
          title: 'Written when a change succeeds; nobody can edit or delete it',
        },
        { text: `times in ${viewer.tenant.timeZone}`, href: '/developers#conventions' },
        { text: 'recorded usage is not here', title: 'Events carry their own record' },
      ]}
    >
      <div className="no-print mb-3 flex flex-wrap items-center gap-2">
        <FilterSelect
          path={PATH}
          name="action"
          label="Action"
          all="All actions"
          options={optionsOf(auditFacets.actions, action)}
          chosen={action}
          clears={['cursor']}
        />
        <FilterSelect
          path={PATH}
          name="actor"
          label="By"
          all="By anybody"
          options={optionsOf(auditFacets.actors, actor)}
          chosen={actor}
          clears={['cursor']}
        />
        {isFiltered ? (
          <Link href={hrefWith(PATH, params, { action: null, actor: null, cursor: null })} className="control">
            All entries
          </Link>
        ) : null}
        <span role="status" className="num px-1 text-caption text-ink-3">
          {countText(count)} {count === 1 ? 'entry' : 'entries'}
        </span>
        <span className="flex-1" />
        <ExportMenu
          csv={null}
          name="audit log"
          params={params}
          of={{
            kind: 'audit-log',
            words: isFiltered ? 'These entries' : 'All entries',
            range: allTime(viewer.tenant.today),
            filters: exportFilters(params, ['action', 'actor']),
          }}
        />
      </div>
      {count === 0 ? (
        <div className="card px-3.5 py-4 sm:px-5">
          <EmptyState>
            {isFiltered
              ? 'Nothing in the log is of this action and by this person or key.'
              : 'Nothing was changed yet. Who changes rates, budgets, members or anything else will stand here with what they gave.'}
          </EmptyState>
        </div>
      ) : (
        <Entries entries={auditLog.nodes} tenant={viewer.tenant} />
      )}
      <Pager path={PATH} params={params} noun="entries" {...auditLog.pageInfo} />
    </SettingsFrame>
  )
}

/** A filter from an address stays to be seen, also when nothing is of it any more. */
function optionsOf(known: readonly string[], chosen: string | null): string[] {
  return chosen === null || known.includes(chosen) ? [...known] : [...known, chosen]
}

type Entry = AuditLogQuery['auditLog']['nodes'][number]

function Entries({ entries, tenant }: { entries: readonly Entry[]; tenant: Tenant }) {
  const [newest, oldest] = [entries[0], entries.at(-1)]
  const days = [oldest, newest].flatMap((entry) => (entry === undefined ? [] : [dayText(entry.at, tenant.timeZone)]))
  const span = `${[...new Set(days)].join(' to ')}, the newest first`
  return (
    <Card flush title="Who changed what" caption={span}>
      <MiniTable
        label="Audit log"
        heads={[
          { label: 'When' },
          { label: 'What', isMain: true },
          { label: 'By' },
          { label: 'Of' },
          { label: 'Given' },
        ]}
        rows={entries.map((entry) => ({
          id: entry.id,
          cells: [
            <time key="when" dateTime={entry.at} className="num">
              <span className="block">{dayText(entry.at, tenant.timeZone)}</span>
              <span className="block text-caption text-ink-3">{secondsText(entry.at, tenant.timeZone)}</span>
            </time>,
            <span key="what">
              <span className="block">{actionText(entry.action)}</span>
              <code className="block font-mono text-axis text-ink-3">{entry.action}</code>
            </span>,
            <span key="by" className="break-all">
              {entry.actor}
            </span>,
            entry.subject == null ? null : (
              <span key="of" className="break-all">
                {entry.subject}
              </span>
            ),
            <Given key="given" lines={factLines(entry.facts)} />,
          ],
        }))}
      />
    </Card>
  )
}

const SHOWN = 3

/** What was given, the first lines at once. */
function Given({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null
  const list = (shown: readonly string[]) => (
    <ul className="font-mono text-axis break-all whitespace-normal text-ink-2">
      {shown.map((line, index) => (
        <li key={index}>{line}</li>
      ))}
    </ul>
  )
  const more = lines.length - SHOWN
  return (
    <div className="min-w-40">
      {list(lines.slice(0, SHOWN))}
      {more <= 0 ? null : (
        <details>
          <summary className="link inline-flex min-h-6 items-center text-caption">{more} more</summary>
          {list(lines.slice(SHOWN))}
        </details>
      )}
    </div>
  )
}
