import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { BellOff } from 'lucide-react'
import { alertHref } from '../../../../components/alert/alert-facts.ts'
import type { BudgetFacts } from '../../../../components/budget/budget-facts.ts'
import { budgetRange, budgetTags } from '../../../../components/budget/budget-sum.ts'
import { BurnBar } from '../../../../components/budget/burn-bar.tsx'
import { WithSum } from '../../../../components/cost/with-sum.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { Tile, TileStrip } from '../../../../components/ui/tiles.tsx'
import { graphql } from '../../../../generated/gql.ts'
import { named, query } from '../../../../lib/api.ts'
import { BASES } from '../../../../lib/basis.ts'
import { fieldsOfBudget } from '../../../../lib/budget-form.ts'
import { SCOPE_NAMES } from '../../../../lib/alerts.ts'
import { budgetName, burnText, capText, unseenText, windowName, WINDOW_NAMES } from '../../../../lib/budgets.ts'
import { codeMoneyText, countText, moneyText, percentText } from '../../../../lib/format.ts'
import { scopeMembers } from '../../../../lib/members.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'
import { sumLinks, tagsOfSum } from '../../../../lib/sum.ts'
import { isLimited, mayManageBudgets, type Tenant } from '../../../../lib/session.ts'
import { dateOf, momentText } from '../../../../lib/time.ts'
import { AlertsFrame, ReadOnlyAlerts } from '../alerts-frame.tsx'
import { BudgetForm } from '../budget-form.tsx'
import { EndBudget } from './end-budget.tsx'

export const metadata: Metadata = { title: 'Budget' }

const BudgetByIdDocument = graphql(`
  query BudgetById($id: ID!) {
    budget(id: $id) {
      ...BudgetFacts
    }
  }
`)

interface BudgetPageProps {
  params: Promise<{ id: string }>
  searchParams: Promise<SearchParams>
}

export default async function BudgetPage({ params, searchParams }: BudgetPageProps) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const id = decodeURIComponent((await params).id)
  const budget = (await named(() => query(BudgetByIdDocument, { id })))?.budget
  if (budget == null) notFound()
  const mayManage = mayManageBudgets(viewer)
  const search = await searchParams
  const path = `/budgets/${encodeURIComponent(id)}`
  const sumHref = sumLinks(path, search)('attributed', budgetTags(budget))
  const localDay = (instant: string | null | undefined) => (instant == null ? null : dateOf(instant, tenant.timeZone))
  return (
    <AlertsFrame
      title={`Budget of ${budgetName(budget)}`}
      path="/budgets"
      viewer={viewer}
      badge={
        budget.reachesNobody ? (
          <Badge tone="warn" Icon={BellOff} title="No live channel lets its alerts through">
            reaches nobody
          </Badge>
        ) : null
      }
      crumbs={[{ label: isLimited(viewer) ? 'Budgets' : 'Alerts and budgets', href: '/budgets' }]}
      truth={[
        { text: `${SCOPE_NAMES[budget.scope].toLowerCase()}, ${WINDOW_NAMES[budget.window]}` },
        { text: `set by ${budget.updatedBy}, ${momentText(budget.updatedAt, tenant.timeZone)}` },
      ]}
      actions={mayManage ? <EndBudget id={budget.id} name={budgetName(budget)} /> : undefined}
    >
      {mayManage ? null : <ReadOnlyAlerts viewer={viewer} />}
      <WithSum
        path={path}
        params={search}
        range={budgetRange(budget, tenant)}
        when={windowName(budget)}
        basis={BASES[1]}
        timeZone={tenant.timeZone}
        factsOf={(question) =>
          sumLinks(path, search)(question.what, tagsOfSum(question)) === sumHref
            ? { name: budgetName(budget), figure: budget.spent }
            : null
        }
      >
        <Standing budget={budget} tenant={tenant} sumHref={sumHref} isWhole={!isLimited(viewer)} />
        <Crossings budget={budget} tenant={tenant} />
        {mayManage ? (
          <BudgetForm
            fields={fieldsOfBudget(budget, localDay(budget.windowStart), localDay(budget.windowEnd))}
            members={await scopeMembers()}
            isNew={false}
          />
        ) : null}
      </WithSum>
    </AlertsFrame>
  )
}

interface StandingProps {
  budget: BudgetFacts
  tenant: Tenant
  sumHref: string
  /** Whether who looks sees the whole firm, its channels included. */
  isWhole: boolean
}

function Standing({ budget, tenant, sumHref, isWhole }: StandingProps) {
  const unseen = unseenText(budget)
  const isForeign = budget.givenAmount.currency !== tenant.currency
  return (
    <>
      <TileStrip label="Key figures">
        <Tile
          label={`Spent, ${windowName(budget)}`}
          figure={<Amount as="text" money={budget.spent} sumHref={sumHref} />}
          context={`${percentText(budget.ratio)} of ${moneyText(budget.amount)}`}
          evidence={
            <span className="block pt-2">
              <BurnBar budget={budget} />
            </span>
          }
        />
        <Tile label="Left" figure={<Amount as="text" money={budget.remaining} />} context={capText(budget)} />
        <Tile
          label="Forecast"
          figure={
            <Amount as="text" money={budget.forecast} reason="Too few days are known, or its window has no end" />
          }
          context={
            budget.forecastLow == null || budget.forecastHigh == null
              ? ''
              : `${moneyText(budget.forecastLow)} to ${moneyText(budget.forecastHigh)} in four cases of five`
          }
        />
        <Tile
          label="Burn rate, a day"
          figure={
            <Amount
              as="text"
              money={budget.burnRatePerDay}
              reason={budget.window === 'DAY' ? 'A day begins anew each morning' : 'Nothing was spent lately'}
            />
          }
          context={
            isForeign && budget.fxRate != null
              ? `${codeMoneyText(budget.givenAmount)} at ${budget.fxRate}`
              : budget.isLearned
                ? 'the amount is learned each night'
                : ''
          }
        />
        {isWhole ? (
          <Tile
            label="Tells"
            figure={`${countText(budget.recipients ?? 0)} ${budget.recipients === 1 ? 'channel' : 'channels'}`}
            context={
              <Link href="/channels" className="link">
                {budget.reachesNobody ? 'add one' : 'which'}
              </Link>
            }
          />
        ) : null}
      </TileStrip>
      <p className="sr-only">{burnText(budget)}</p>
      {unseen === null ? null : (
        <p className="mb-4 text-warn">
          {unseen}: a budget does not see it.
          {isWhole ? (
            <>
              {' '}
              <Link href="/rate-cards/unpriced" className="link">
                Price it
              </Link>
            </>
          ) : null}
        </p>
      )}
    </>
  )
}

function Crossings({ budget, tenant }: { budget: BudgetFacts; tenant: Tenant }) {
  if (budget.crossings.length === 0) return null
  return (
    <Card flush className="mb-4" title="Reached in its present window" caption="Each threshold tells once">
      <MiniTable
        label="Thresholds reached"
        heads={[{ label: 'Threshold' }, { label: 'Of', isMain: true }, { label: 'When' }, { label: 'Alert' }]}
        rows={budget.crossings.map(({ basis, threshold, crossedAt, alert }) => ({
          id: `${basis} ${threshold}`,
          cells: [
            percentText(threshold, 0),
            basis === 'ACTUAL' ? 'spent' : 'forecast',
            <span key="when" className="num">
              {momentText(crossedAt, tenant.timeZone)}
            </span>,
            alert == null ? (
              ''
            ) : (
              <Link key="alert" href={alertHref(alert.id)} className="row-link">
                {alert.title}
              </Link>
            ),
          ],
        }))}
      />
    </Card>
  )
}
