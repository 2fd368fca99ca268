import { ApiQuery, PeekLine, PeekPanel, PeekSection, PeekSum } from '../../../../../components/peek/peek-panel.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { graphql } from '../../../../../generated/gql.ts'
import { weightUnit } from '../../../../../lib/allocation.ts'
import { query } from '../../../../../lib/api.ts'
import {
  currencySymbol,
  differenceOf,
  exactDecimalText,
  isZero,
  moneyText,
  percentText,
  signedAmountText,
  sumOf,
} from '../../../../../lib/format.ts'
import type { PoolDetail, RunDetail, Share } from './pool-detail.ts'
import { arithmeticOf } from './shares.tsx'

/** So many places are listed; the rest is one line. */
const MOST_PLACES = 50

const PlacesDocument = graphql(`
  query SharePlaces($id: ID!, $first: Int!) {
    allocationRun(id: $id) {
      shares {
        agent {
          key
        }
        places(first: $first) {
          task {
            key
            name
          }
          client {
            key
            name
          }
          project {
            key
          }
          amount {
            amount
            currency
          }
        }
      }
    }
  }
`)

interface SharePeekProps {
  pool: PoolDetail
  run: RunDetail
  share: Share
  closeHref: string
}

function apiQuery(runId: string): string {
  return `query {
  allocationRun(id: ${JSON.stringify(runId)}) {
    inputsHash policyVersion
    shares {
      agent { key } weight amount { amount currency }
      places(first: ${MOST_PLACES}) { task { key } client { key } amount { amount } }
    }
  }
}`
}

/** One agent's share: how it comes about, and where it went. */
export async function SharePeek({ pool, run, share, closeHref }: SharePeekProps) {
  const { allocationRun } = await query(PlacesDocument, { id: run.id, first: MOST_PLACES })
  const places = allocationRun?.shares.find((one) => one.agent.key === share.agent.key)?.places ?? []
  const listed = sumOf(places.map(({ amount }) => amount.amount))
  const rest = differenceOf(share.amount.amount, listed)
  const money = (amount: string) => ({ amount, currency: share.amount.currency })
  const symbol = currencySymbol(share.amount.currency)
  return (
    <PeekPanel
      openKey={share.agent.key}
      title={share.agent.name}
      caption={`Share of ${pool.name}`}
      closeHref={closeHref}
      figure={<Amount as="text" money={share.amount} />}
      formula={`of ${moneyText(run.total)} to split, policy v${run.policyVersion}`}
    >
      <Arithmetic run={run} share={share} />
      <PeekSection title="Where it went" unit={symbol}>
        <ul>
          {places.map((place, index) => (
            <PeekLine
              key={index}
              name={
                place.task == null ? (
                  'Without a task'
                ) : (
                  <Link className="row-link" href={`/tasks/${encodeURIComponent(place.task.key)}`}>
                    {place.task.name}
                  </Link>
                )
              }
              note={place.client?.name ?? 'without a client'}
              value={<Amount money={place.amount} />}
            />
          ))}
          {isZero(rest) ? null : <PeekLine name="Other places" value={<Amount money={money(rest)} />} />}
        </ul>
        <PeekSum name="The share" value={<Amount money={share.amount} />} />
      </PeekSection>
      <ApiQuery text={apiQuery(run.id)} />
    </PeekPanel>
  )
}

function Arithmetic({ run, share }: { run: RunDetail; share: Share }) {
  const { share: part, cut, remainder } = arithmeticOf(run, share)
  const money = (amount: string) => ({ amount, currency: share.amount.currency })
  const weights = sumOf(run.shares.map(({ weight }) => weight))
  if (part === null || cut === null || remainder === null) return null
  return (
    <PeekSection title="Weight ÷ Σ weights × what is split" unit={currencySymbol(share.amount.currency)}>
      <ul>
        <PeekLine name={`Weight, ${weightUnit(run)}`} value={exactDecimalText(share.weight)} />
        <PeekLine name="÷ Σ weights" value={exactDecimalText(weights)} />
        <PeekLine name="= share" value={percentText(part, 4)} />
        <PeekLine name="× allocated" value={<Amount money={run.allocated} />} />
        <PeekLine name="cut to whole pennies" value={<Amount money={money(cut)} />} />
        <PeekLine
          name="by largest remainder"
          note={run.basis === 'RESOURCE_USES' ? 'rounded per task, then per agent' : undefined}
          value={signedAmountText(money(remainder))}
        />
      </ul>
      <PeekSum name="The share" value={<Amount money={share.amount} />} />
    </PeekSection>
  )
}
