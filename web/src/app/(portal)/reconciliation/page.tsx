import { Upload } from 'lucide-react'
import type { Metadata } from 'next'
import { MonthBar } from '../../../components/period/month-bar.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Tile, TileStrip } from '../../../components/ui/tiles.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { ReconciliationQuery, StatementsQuery } from '../../../generated/graphql.ts'
import { query } from '../../../lib/api.ts'
import { firstOfMonth, rangeText } from '../../../lib/calendar.ts'
import { countText, differenceOf, isZero, moneyText, percentText } from '../../../lib/format.ts'
import { monthOf, monthParam, monthText, rangeOfMonth } from '../../../lib/months.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import { plural } from '../../../lib/plural.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { mayKeepRates } from '../../../lib/session.ts'
import { Causes } from './causes.tsx'
import { DaysTable } from './days-table.tsx'
import { Statements } from './statements.tsx'

export const metadata: Metadata = { title: 'Reconciliation' }

const StatementsDocument = graphql(`
  query Statements($from: Date!, $to: Date!) {
    providerStatements {
      id
      name
      format
      firstDay
      lastDay
      providers
      lines
      importedBy
      importedAt
    }
    fleetCost(range: { from: $from, to: $to }, compareTo: NONE) {
      cost {
        invocations
      }
    }
  }
`)

const ReconciliationDocument = graphql(`
  query Reconciliation($from: Date!, $to: Date!, $provider: String) {
    reconciliation(from: $from, to: $to, provider: $provider) {
      invoiced {
        amount
        currency
      }
      attributed {
        amount
        currency
      }
      gap {
        amount
        currency
      }
      accepted {
        amount
        currency
      }
      uncompared {
        amount
        currency
      }
      captureRate
      causes {
        cause
        amount {
          amount
          currency
        }
      }
      findings {
        provider
        cause
        resource
        meter
        tier
        firstDay
        lastDay
        days
        amount {
          amount
          currency
        }
      }
      rows {
        provider
        day
        resource
        invoiced {
          amount
          currency
        }
        attributed {
          amount
          currency
        }
        gap {
          amount
          currency
        }
        captureRate
        causes {
          cause
          amount {
            amount
            currency
          }
        }
        accepted {
          cause
          isCurrent
          reason
          acceptedBy
        }
      }
      unconverted {
        provider
        day
      }
    }
  }
`)

const PATH = '/reconciliation'

/** Above as many invocations a month is compared when somebody asks for it: 330,000 take two seconds of Postgres. */
const UNASKED_MAX = 20_000

export default async function ReconciliationPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const month = monthOf(params, tenant.today)
  const range = rangeOfMonth(month, tenant.today)
  const [provider, cause] = [first(params.provider) || null, first(params.cause) || null]
  const { providerStatements, fleetCost } = await query(StatementsDocument, range)
  const mayManage = mayKeepRates(viewer.role)
  const stated = providerStatements.filter(({ firstDay, lastDay }) => firstDay < range.to && lastDay >= range.from)
  const { invocations } = fleetCost.cost
  const isAsked = BigInt(invocations) <= UNASKED_MAX || first(params.compare) === 'lines'
  const reconciliation =
    stated.length > 0 && isAsked ? (await query(ReconciliationDocument, { ...range, provider })).reconciliation : null
  const providers = [...new Set(stated.flatMap((statement) => statement.providers))].sort()
  return (
    <>
      <PageHeader
        title="Reconciliation"
        truth={[
          ...tenantTruth(tenant).slice(0, 2),
          { text: 'days in UTC', title: 'Providers bill by the day in UTC, whatever your time zone is' },
          { text: plural(stated.length, 'statement'), title: 'Of the days of this month' },
        ]}
        actions={
          mayManage ? (
            <Link href="/reconciliation/import" className="control control-primary">
              <Upload size={16} strokeWidth={1.4} aria-hidden />
              Import a statement
            </Link>
          ) : null
        }
      />
      <MonthBar path={PATH} params={params} month={month} today={tenant.today} />
      {stated.length === 0 ? (
        <Nothing statements={providerStatements} month={month} mayManage={mayManage} />
      ) : reconciliation === null ? (
        <NotCompared invocations={invocations} statements={stated.length} params={params} />
      ) : (
        <>
          <Figures reconciled={reconciliation} range={range} />
          <Causes reconciled={reconciliation} month={month} cause={cause} mayManage={mayManage} />
        </>
      )}
      {providerStatements.length === 0 ? null : (
        <Statements statements={providerStatements} timeZone={tenant.timeZone} mayManage={mayManage} />
      )}
      {reconciliation === null ? null : (
        <DaysTable
          reconciled={reconciliation}
          range={range}
          providers={providers}
          params={params}
          provider={provider}
          cause={cause}
        />
      )}
    </>
  )
}

type Reconciled = ReconciliationQuery['reconciliation']

function Figures({ reconciled, range }: { reconciled: Reconciled; range: { from: string; to: string } }) {
  const { invoiced, attributed, gap, accepted, uncompared, captureRate, unconverted } = reconciled
  const open = { ...gap, amount: differenceOf(gap.amount, accepted.amount) }
  return (
    <>
      <TileStrip label="Key figures">
        <Tile
          label="Invoiced"
          figure={<Amount money={invoiced} as="text" />}
          context={rangeText(range.from, range.to)}
        />
        <Tile
          label="Attributed"
          figure={<Amount money={attributed} as="text" />}
          context={
            isZero(uncompared.amount) ? 'on the days of the statements' : `${moneyText(uncompared)} on other days`
          }
        />
        <Tile
          label="Gap"
          figure={<Amount money={gap} as="text" />}
          context={isZero(gap.amount) ? 'they are equal' : 'the causes add up to it'}
        />
        <Tile
          label="Left to accept"
          figure={<Amount money={open} as="text" />}
          context={isZero(accepted.amount) ? 'nothing is accepted' : `${moneyText(accepted)} is accepted`}
        />
        <Tile
          label="Captured"
          figure={
            captureRate == null ? (
              <NotAvailable reason="Money without quantities does not tell" />
            ) : (
              percentText(captureRate)
            )
          }
          context="of the amount for usage was seen here"
        />
      </TileStrip>
      {unconverted.length === 0 ? null : (
        <p role="status" className="mb-4 text-caption text-warn">
          {plural(unconverted.length, 'line')} in a currency without a stored FX rate for the day, from{' '}
          {[...new Set(unconverted.map((line) => line.provider))].join(', ')}: in no amount.
        </p>
      )}
    </>
  )
}

interface NotComparedProps {
  invocations: string
  statements: number
  params: SearchParams
}

/** A month of so many invocations is compared when it is asked for. */
function NotCompared({ invocations, statements, params }: NotComparedProps) {
  return (
    <div className="card mb-4 px-3.5 py-4 sm:px-5">
      <EmptyState>
        {plural(statements, 'statement')} of this month {statements === 1 ? 'is' : 'are'} there.{' '}
        <Link href={hrefWith(PATH, params, { compare: 'lines' })} className="link">
          Compare with {countText(invocations)} invocations
        </Link>{' '}
        to see the gap and its causes; that reads each of them.
      </EmptyState>
    </div>
  )
}

interface NothingProps {
  statements: StatementsQuery['providerStatements']
  month: string
  mayManage: boolean
}

function Nothing({ statements, month, mayManage }: NothingProps) {
  const [latest] = statements
  const latestMonth = latest === undefined ? null : firstOfMonth(latest.lastDay)
  return (
    <div className="card px-3.5 py-4 sm:px-5">
      <EmptyState>
        No statement of a provider is there for {monthText(month)}.{' '}
        {latestMonth === null || latestMonth === month ? (
          <>
            What a provider invoiced will stand here beside what was attributed, with the reason for every penny of
            difference{mayManage ? '' : '; Finance and administrators import it'}.
          </>
        ) : (
          <>
            The latest is of{' '}
            <Link href={`${PATH}?month=${monthParam(latestMonth)}`} className="link">
              {monthText(latestMonth)}
            </Link>
            .
          </>
        )}
      </EmptyState>
    </div>
  )
}
