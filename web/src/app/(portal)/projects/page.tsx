import type { Metadata } from 'next'
import { BasisSwitch } from '../../../components/cost/basis-switch.tsx'
import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { WithSum } from '../../../components/cost/with-sum.tsx'
import { PeriodBar } from '../../../components/period/period-bar.tsx'
import { FilterSelect } from '../../../components/table/filter-select.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { NoData } from '../../../components/ui/no-data.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Pager } from '../../../components/ui/pager.tsx'
import { DataTable } from '../../../components/table/data-table.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { readBasis } from '../../../lib/basis.ts'
import { basisOf, hasPools } from '../../../lib/fleet-pools.ts'
import { scopeMembers } from '../../../lib/members.ts'
import { wholeOrOwn } from '../../../lib/own-cost.ts'
import { truthOf } from '../../../lib/page-context.ts'
import { periodText, readPeriod } from '../../../lib/period.ts'
import { colleague } from '../../../lib/role-gate.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'
import { isLimited } from '../../../lib/session.ts'
import { sumKey } from '../../../lib/sum.ts'
import { columnsOf, fixedRowsOf } from './project-columns.tsx'
import { projectSumFacts } from './project-sum.ts'

export const metadata: Metadata = { title: 'Projects' }

const ProjectsDocument = graphql(`
  query Projects(
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $client: String
    $after: String
    $basis: CostBasis!
    $isWhole: Boolean!
  ) {
    ...ClosedMonths @include(if: $isWhole)
    ...OwnCost @skip(if: $isWhole)
    fleetCost(range: $range, compareTo: NONE) @include(if: $isWhole) {
      dataThrough
      attributionRatio
      ...FleetPools
      withoutProject {
        amount
        currency
      }
      cost {
        direct {
          amount
          currency
        }
        chainShared {
          amount
          currency
        }
        allocated {
          amount
          currency
        }
        total {
          amount
          currency
        }
        invocations
        unpricedInvocations
      }
    }
    projectCosts(range: $range, clientKey: $client, first: 100, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        project {
          key
          name
          client {
            key
            name
          }
        }
        agentsUsed
        tasksCompleted
        costPerTask(basis: $basis) {
          amount
          currency
        }
        cost {
          direct {
            amount
            currency
          }
          chainShared {
            amount
            currency
          }
          allocated {
            amount
            currency
          }
          total {
            amount
            currency
          }
          invocations
        }
        revenue {
          amount
          currency
        }
        revenueParts {
          ...RevenueParts
        }
        margin(basis: $basis) {
          amount
          currency
        }
        marginRatio(basis: $basis)
      }
    }
    full: projectCosts(range: $full, clientKey: $client, first: 100) @include(if: $hasBefore) {
      nodes {
        ...ProjectBefore
      }
    }
    before: projectCosts(range: $before, clientKey: $client, first: 100) @include(if: $hasBefore) {
      nodes {
        ...ProjectBefore
      }
    }
  }

  fragment ProjectBefore on ProjectCost {
    project {
      key
    }
    cost {
      ...AttributedCost
    }
  }
`)

export default async function ProjectsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const period = readPeriod(params, tenant.today)
  const client = first(params.client) || null
  const [data, members] = await Promise.all([
    query(ProjectsDocument, {
      range: period.range,
      full: period.full,
      before: period.comparison ?? period.range,
      hasBefore: period.comparison !== null,
      client,
      after: first(params.cursor),
      basis: readBasis(params).api,
      isWhole: !isLimited(viewer),
    }),
    scopeMembers(),
  ])
  const { fleetCost, projectCosts } = data
  const facts = wholeOrOwn(data)
  return (
    <>
      <PageHeader
        title="Projects"
        truth={truthOf({
          tenant,
          params,
          dataThrough: fleetCost?.dataThrough,
          attributionRatio: fleetCost?.attributionRatio,
          unpriced: facts.cost.unpricedInvocations,
          months: data.periods ?? [],
          isWhole: fleetCost !== undefined,
          range: period.range,
        })}
      />
      <PeriodBar path="/projects" params={params} period={period} today={tenant.today} hasBins={false} />
      {facts.cost.invocations === '0' && projectCosts.nodes.length === 0 && client === null ? (
        <NoData what="What each project cost and brought" periodName={periodText(period)} />
      ) : (
        <WithSum
          path="/projects"
          params={params}
          range={period.range}
          when={periodText(period)}
          basis={basisOf(params, facts)}
          timeZone={tenant.timeZone}
          factsOf={(question) => projectSumFacts(projectCosts.nodes, question)}
        >
          <DataTable
            label={`Projects, ${periodText(period)}`}
            noun="projects"
            path="/projects"
            params={params}
            rows={projectCosts.nodes}
            totalCount={projectCosts.totalCount}
            columns={columnsOf({ data, facts, period, params })}
            openKey={sumKey(params, 'project')}
            rowKey={({ project }) => project.key}
            filterText={({ project }) =>
              `${project.name} ${project.key} ${project.client?.name ?? ''} ${project.client?.key ?? ''}`
            }
            defaultSort={{ column: 'cost', direction: 'desc' }}
            fixedRows={fleetCost === undefined ? [] : fixedRowsOf({ fleetCost, projectCosts }, client !== null)}
            toolbar={
              <>
                <FilterSelect
                  path="/projects"
                  name="client"
                  label="Client"
                  all="All clients"
                  options={members.CLIENT.map(({ key, name }) => ({ value: key, name }))}
                  chosen={client}
                  clears={['cursor']}
                />
                {showsParts(hasPools(facts), params) ? (
                  <BasisSwitch path="/projects" params={params} facts={facts} />
                ) : null}
              </>
            }
            csvName={`projects ${period.range.from} ${period.range.to}`}
            exportOf="projects"
          />
          <Pager path="/projects" params={params} noun="projects" {...projectCosts.pageInfo} />
        </WithSum>
      )}
    </>
  )
}
