import { Download } from 'lucide-react'
import type { Metadata } from 'next'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { ExportsQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { addDays, rangeText } from '../../../../lib/calendar.ts'
import { bytesText, isUnderWay } from '../../../../lib/exports.ts'
import { countText } from '../../../../lib/format.ts'
import { tenantTruth } from '../../../../lib/page-context.ts'
import { readPeriod } from '../../../../lib/period.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { SettingsFrame } from '../settings-frame.tsx'
import { ExportProgress } from './export-progress.tsx'
import { NewExport } from './new-export.tsx'

export const metadata: Metadata = { title: 'Exports' }

const ExportsDocument = graphql(`
  query Exports {
    exportKinds {
      name
      label
      isOfPeriod
      isJob
      formats
    }
    exports(first: 50) {
      id
      label
      format
      state
      from
      to
      filters
      rowsDone
      rowsTotal
      bytes
      sha256
      error
      requestedAt
      expiresAt
      download
    }
  }
`)

/** As many as are asked for above. */
const SHOWN = 50

const PATH = '/settings/exports'

export default async function ExportsPage() {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { exportKinds, exports } = await query(ExportsDocument)
  const { range } = readPeriod({}, viewer.tenant.today)
  const kinds = exportKinds.filter(({ isJob }) => isJob)
  return (
    <SettingsFrame
      title="Exports"
      path={PATH}
      viewer={viewer}
      actions={<NewExport kinds={kinds} first={range.from} last={addDays(range.to, -1)} />}
      truth={[
        ...tenantTruth(viewer.tenant),
        { text: 'files are kept for 7 days', title: 'Each is for who asked for it' },
      ]}
    >
      {exports.length === 0 ? (
        <div className="card px-3.5 py-4 sm:px-5">
          <EmptyState>
            You have exported nothing yet. “New export…” has a worker write a whole table, every event of a month for
            example; what is small is in the Export menu of its own page.
          </EmptyState>
        </div>
      ) : (
        <Files exports={exports} tenant={viewer.tenant} />
      )}
    </SettingsFrame>
  )
}

type Export = ExportsQuery['exports'][number]

function Files({ exports, tenant }: { exports: readonly Export[]; tenant: Tenant }) {
  return (
    <Card
      flush
      title="Your exports"
      caption={`${exports.length < SHOWN ? 'The latest first' : `The latest ${SHOWN}`}; nobody else can fetch them`}
    >
      <MiniTable
        label="Your exports"
        heads={[
          { label: 'Table' },
          { label: 'Asked for' },
          { label: 'File', isMain: true },
          { label: 'Rows', isNumber: true },
          { label: 'Size', isNumber: true },
        ]}
        rows={exports.map((file) => {
          const isDone = file.state === 'DONE'
          return {
            id: file.id,
            cells: [
              <What key="what" file={file} />,
              <time key="asked" dateTime={file.requestedAt} className="num">
                {momentText(file.requestedAt, tenant.timeZone)}
              </time>,
              <State key="state" file={file} tenant={tenant} />,
              isDone ? (
                <span key="rows" className="num">
                  {countText(file.rowsDone)}
                </span>
              ) : null,
              isDone ? (
                <span key="size" className="num" title={`${countText(file.bytes)} bytes, SHA-256 ${file.sha256}`}>
                  {bytesText(file.bytes)}
                </span>
              ) : null,
            ],
          }
        })}
      />
    </Card>
  )
}

/** The table, and the part of it that was asked for. */
function What({ file: { label, from, to, filters } }: { file: Export }) {
  const kept = Object.entries(filters as Record<string, readonly string[]>)
  return (
    <span>
      <span className="block font-medium">{label}</span>
      <span className="block text-caption font-normal whitespace-normal text-ink-3">
        {from == null || to == null ? 'as it stood' : rangeText(from, to)}
        {kept.map(([name, keys]) => ` · ${name}: ${keys.join(', ')}`)}
      </span>
    </span>
  )
}

function State({ file, tenant }: { file: Export; tenant: Tenant }) {
  const { id, label, state, format, download, error, expiresAt } = file
  if (isUnderWay(state)) return <ExportProgress id={id} label={label} initial={file} />
  if (state === 'EXPIRED') return <span className="text-ink-3">gone after 7 days</span>
  if (download == null) return <span className="whitespace-normal text-bad">{error}</span>
  return (
    <span>
      <a href={download} download className="link inline-flex min-h-8 items-center gap-1.5">
        <Download size={16} strokeWidth={1.4} aria-hidden />
        Download {format}
        <span className="sr-only"> of {label}</span>
      </a>
      {expiresAt == null ? null : (
        <span className="block text-caption text-ink-3">until {momentText(expiresAt, tenant.timeZone)}</span>
      )}
    </span>
  )
}
