import type { Metadata } from 'next'
import { DataTable, type Column } from '../../../../components/table/data-table.tsx'
import { FilterSelect } from '../../../../components/table/filter-select.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { NotAvailable } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { SwitchKnob } from '../../../../components/ui/switch-knob.tsx'
import { ToggleLink } from '../../../../components/ui/toggle-link.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { CatalogueDifferenceQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { dateText } from '../../../../lib/calendar.ts'
import { changeText, countText, exactAmountText, exactDecimalText } from '../../../../lib/format.ts'
import { boundaryText, meterText, thresholdText } from '../../../../lib/rate-text.ts'
import { catalogueState, ratingFacts, type CatalogueVersion } from '../../../../lib/rating-facts.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../../lib/search-params.ts'
import { mayKeepRates, type Tenant } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { CatalogueAge } from '../catalogue-card.tsx'
import { RatingFrame } from '../rating-frame.tsx'
import { AdoptCatalogue } from './adopt-catalogue.tsx'

export const metadata: Metadata = { title: 'Catalogue' }

const PATH = '/rate-cards/catalogue'

const CatalogueDifferenceDocument = graphql(`
  query CatalogueDifference($to: String!, $usedOnly: Boolean!) {
    catalogueDifference(to: $to, usedOnly: $usedOnly) {
      added
      removed
      changed
      from {
        version
      }
      to {
        version
      }
      entries {
        change
        provider
        resource
        meter
        abovePromptTokens
        effectiveFrom
        per
        before {
          amount
          currency
        }
        after {
          amount
          currency
        }
        ratio
        isUsed
      }
    }
  }
`)

type Difference = CatalogueDifferenceQuery['catalogueDifference']
type Entry = Difference['entries'][number]

const CHANGES = {
  ADDED: { tone: 'ok', text: 'added' },
  REMOVED: { tone: 'warn', text: 'removed' },
  CHANGED: { tone: 'accent', text: 'changed' },
} as const

/** Rows one table holds; the others are found by their provider. */
const MOST_ROWS = 400

export default async function CataloguePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const { catalogues } = await ratingFacts()
  const { adopted, newest } = catalogueState(catalogues)
  const asked = first(params.to)
  const target = catalogues.find((one) => one.version === asked) ?? newest
  const isSame = target === null || target.version === adopted?.version
  const isAll = first(params.all) === 'on'
  const difference = isSame
    ? null
    : (await query(CatalogueDifferenceDocument, { to: target.version, usedOnly: !isAll })).catalogueDifference
  return (
    <RatingFrame
      title="Catalogue"
      path={PATH}
      tenant={tenant}
      badge={adopted === null ? null : <CatalogueAge catalogue={adopted} />}
    >
      <div className="flex flex-col gap-4">
        {difference === null || target === null ? (
          <NoDifference adopted={adopted} />
        ) : (
          <DifferenceSection
            difference={difference}
            params={params}
            tenant={tenant}
            isAll={isAll}
            mayAdopt={mayKeepRates(viewer.role)}
          />
        )}
        <Versions catalogues={catalogues} chosen={target?.version ?? null} params={params} tenant={tenant} />
      </div>
    </RatingFrame>
  )
}

function NoDifference({ adopted }: { adopted: CatalogueVersion | null }) {
  return (
    <Card
      title={adopted === null ? 'No catalogue is imported' : `Catalogue ${adopted.version} is the newest here`}
      caption={adopted === null ? undefined : 'There is nothing to compare it with'}
    >
      <EmptyState
        command={{ label: 'Import the newest catalogue, on the machine that runs Outlay', code: 'npm run catalogue' }}
      >
        What a newer version adds, removes and changes will be listed here. It rates nothing until you adopt it.
      </EmptyState>
    </Card>
  )
}

function headingOf({ added, removed, changed, from, to }: Difference, isAll: boolean): string {
  const parts = [
    changed === 0 ? null : `changes ${countText(changed)}`,
    added === 0 ? null : `adds ${countText(added)}`,
    removed === 0 ? null : `removes ${countText(removed)}`,
  ].filter((part) => part !== null)
  const what = isAll ? 'prices' : 'prices that you use'
  const against = from == null ? '' : `, against ${from.version}`
  return parts.length === 0
    ? `${to.version} changes none of the ${what}${against}`
    : `${to.version} ${parts.join(', ')} of the ${what}${against}`
}

function columnsOf(timeZone: string): Column<Entry>[] {
  const price = (money: Entry['before'], reason: string) =>
    money == null ? <NotAvailable reason={reason} /> : exactAmountText(money)
  return [
    {
      id: 'resource',
      label: 'Resource',
      cell: ({ provider, resource }) => (
        <>
          <span className="block break-words">{resource}</span>
          <span className="block text-caption text-ink-3">{provider}</span>
        </>
      ),
      sort: ({ provider, resource }) => ({ text: `${provider} ${resource}` }),
      csv: ({ provider, resource }) => `${provider} / ${resource}`,
    },
    {
      id: 'meter',
      label: 'Meter',
      cell: (entry) => (
        <>
          {meterText(entry.meter)}
          {entry.abovePromptTokens == null ? null : (
            <span className="block text-caption text-ink-3">{thresholdText(entry)}</span>
          )}
        </>
      ),
      sort: ({ meter }) => ({ text: meter }),
      csv: ({ meter }) => meter,
    },
    {
      id: 'change',
      label: 'Change',
      isMain: true,
      cell: ({ change }) => <Badge tone={CHANGES[change].tone}>{CHANGES[change].text}</Badge>,
      sort: ({ change }) => ({ text: change }),
      csv: ({ change }) => change,
    },
    {
      id: 'from',
      label: 'From',
      cell: ({ effectiveFrom }) => (
        <span className="whitespace-nowrap">
          {effectiveFrom == null ? 'since ever' : boundaryText(effectiveFrom, timeZone)}
        </span>
      ),
      sort: ({ effectiveFrom }) => (effectiveFrom == null ? null : { text: effectiveFrom }),
      csv: ({ effectiveFrom }) => effectiveFrom ?? null,
    },
    {
      id: 'per',
      label: 'Per',
      isNumber: true,
      cell: ({ per }) => exactDecimalText(per),
      csv: ({ per }) => ({ number: per }),
    },
    {
      id: 'currency',
      label: 'Currency',
      cell: ({ before, after }) => (after ?? before)?.currency ?? '',
      csv: ({ before, after }) => (after ?? before)?.currency ?? null,
    },
    {
      id: 'before',
      label: 'Before',
      isNumber: true,
      cell: ({ before }) => price(before, 'Not in the adopted version'),
      sort: ({ before }) => (before == null ? null : { decimal: before.amount }),
      csv: ({ before }) => (before == null ? null : { number: before.amount }),
    },
    {
      id: 'after',
      label: 'After',
      isNumber: true,
      cell: ({ after }) => <span className="font-[550]">{price(after, 'Not in the newer version')}</span>,
      sort: ({ after }) => (after == null ? null : { decimal: after.amount }),
      csv: ({ after }) => (after == null ? null : { number: after.amount }),
    },
    {
      id: 'ratio',
      label: 'Change, %',
      isNumber: true,
      cell: ({ ratio }) => (ratio == null ? <NotAvailable reason="One side has no price" /> : changeText(ratio)),
      sort: ({ ratio }) => (ratio == null ? null : { decimal: ratio }),
      csv: ({ ratio }) => (ratio == null ? null : { number: ratio }),
    },
    {
      id: 'used',
      label: 'Used',
      cell: ({ isUsed }) => (isUsed ? <Badge tone="accent">you use it</Badge> : null),
      csv: ({ isUsed }) => (isUsed ? 'used' : null),
    },
  ]
}

interface DifferenceSectionProps {
  difference: Difference
  params: SearchParams
  tenant: Tenant
  isAll: boolean
  mayAdopt: boolean
}

function DifferenceSection({ difference, params, tenant, isAll, mayAdopt }: DifferenceSectionProps) {
  const provider = first(params.provider)
  const matching = difference.entries.filter((entry) => provider === null || entry.provider === provider)
  const providers = [...new Set(difference.entries.map((entry) => entry.provider))].sort()
  const heading = headingOf(difference, isAll)
  return (
    <section aria-labelledby="difference-title">
      <div className="mb-3 flex flex-wrap items-start justify-between gap-3">
        <h2 id="difference-title" className="min-w-0 text-card font-semibold text-balance">
          {heading}
        </h2>
        {mayAdopt ? <AdoptCatalogue version={difference.to.version} finding={heading} /> : null}
      </div>
      <DataTable
        label="Difference between catalogues"
        noun="prices"
        path={PATH}
        params={params}
        rows={matching.slice(0, MOST_ROWS)}
        totalCount={matching.length}
        columns={columnsOf(tenant.timeZone)}
        rowKey={(entry) =>
          [entry.provider, entry.resource, entry.meter, entry.abovePromptTokens, entry.effectiveFrom].join('/')
        }
        filterText={(entry) => `${entry.provider} ${entry.resource} ${entry.meter} ${CHANGES[entry.change].text}`}
        defaultSort={{ column: 'resource', direction: 'asc' }}
        csvName={`catalogue ${difference.to.version}`}
        empty={
          isAll
            ? 'No price differs.'
            : 'None of the prices that you use differs. Show all prices to see the rest of the catalogue.'
        }
        toolbar={
          <>
            <FilterSelect
              path={PATH}
              name="provider"
              label="Provider"
              all="All providers"
              options={providers}
              chosen={provider}
            />
            <ToggleLink
              href={hrefWith(PATH, params, { all: isAll ? null : 'on', provider: null })}
              role="switch"
              isOn={!isAll}
              className="control"
            >
              <SwitchKnob isOn={!isAll} />
              Only what I use
            </ToggleLink>
          </>
        }
      />
      {matching.length > MOST_ROWS ? (
        <p className="mt-2 text-caption text-ink-3">
          The first {countText(MOST_ROWS)} of {countText(matching.length)}; choose a provider to see the others.
        </p>
      ) : null}
    </section>
  )
}

interface VersionsProps {
  catalogues: readonly CatalogueVersion[]
  chosen: string | null
  params: SearchParams
  tenant: Tenant
}

function Versions({ catalogues, chosen, params, tenant }: VersionsProps) {
  if (catalogues.length === 0) return null
  return (
    <Card
      flush
      title={`${countText(catalogues.length)} ${catalogues.length === 1 ? 'version is' : 'versions are'} imported`}
      caption="Each is kept whole: you rate under the one you adopted until you adopt another"
    >
      <MiniTable
        label="Versions of the catalogue"
        heads={[
          { label: 'Version' },
          { label: 'State', isMain: true },
          { label: 'Published' },
          { label: 'Imported' },
          { label: 'Prices', isNumber: true },
        ]}
        rows={catalogues.map((one) => ({
          id: one.version,
          isOpen: one.version === chosen && !one.isAdopted,
          cells: [
            one.isAdopted ? (
              one.version
            ) : (
              <Link key="version" className="row-link" href={hrefWith(PATH, params, { to: one.version })}>
                {one.version}
              </Link>
            ),
            one.isAdopted ? (
              <Badge key="state" tone="ok">
                adopted
              </Badge>
            ) : (
              <span key="state" className="text-ink-3">
                not adopted
              </span>
            ),
            one.publishedOn == null ? '' : dateText(one.publishedOn, { year: true }),
            <span key="imported" className="num">
              {momentText(one.importedAt, tenant.timeZone)}
            </span>,
            countText(one.rates),
          ],
        }))}
      />
    </Card>
  )
}
