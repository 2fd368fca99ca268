import type { Money } from '@outlay/domain/money/currency'
import type { FleetPoolsFragment } from '../../generated/graphql.ts'
import { runText, shareHref, sharesOfAgent, type MonthShares } from '../../lib/agent-shares.ts'
import { monthText } from '../../lib/months.ts'
import { amountText, currencySymbol, isZero, percentText } from '../../lib/format.ts'
import type { DateRange } from '../../lib/period.ts'
import { allocatedOf, hasPools } from '../../lib/fleet-pools.ts'
import { PeekLine, PeekSection, PeekSum } from '../peek/peek-panel.tsx'
import { Amount } from '../ui/amount.tsx'
import { Link } from '../ui/link.tsx'

interface AllocatedSectionProps {
  agentKey: string
  facts: FleetPoolsFragment
  allocated: Money
  range: DateRange
  timeZone: string
}

/** The arithmetic of what is allocated to an agent: its share of each pool, the months they are of, and the days looked at. */
export async function AllocatedSection({ agentKey, facts, allocated, range, timeZone }: AllocatedSectionProps) {
  if (!hasPools(facts)) return null
  const known = allocatedOf(facts, allocated)
  const months =
    known.money === null ? [] : await sharesOfAgent({ agentKey, range, timeZone, currency: allocated.currency })
  return (
    <PeekSection title="Allocated, by pool" unit={currencySymbol(allocated.currency)}>
      {known.money === null ? <p className="text-ink-2">{known.reason}.</p> : null}
      {months.map((month) => (
        <MonthOfShares key={month.month} agentKey={agentKey} month={month} isOnly={months.length === 1} />
      ))}
      <PeekSum name="Allocated" value={<Amount {...known} />} />
    </PeekSection>
  )
}

function MonthOfShares({ agentKey, month, isOnly }: { agentKey: string; month: MonthShares; isOnly: boolean }) {
  const isWhole = month.fraction === '1'
  if (month.shares.length === 0) return isOnly ? <p className="text-ink-2">No run gives it a share.</p> : null
  return (
    <>
      {isOnly ? null : <h4 className="mt-2 text-caption text-ink-3">{monthText(month.month)}</h4>}
      <ul>
        {month.shares.map(({ run, share, amount }) => (
          <PeekLine
            key={run.id}
            name={
              <Link href={shareHref(run.pool.id, month.month, agentKey)} className="row-link">
                {run.pool.name}
              </Link>
            }
            note={`${share === null ? '' : `${percentText(share, 2)} of `}${amountText(run.total)}, ${runText(run)}`}
            value={<Amount money={amount} />}
          />
        ))}
        {isWhole ? null : (
          <PeekLine
            name={`× ${percentText(month.fraction, 2)} of ${monthText(month.month)}`}
            note={`these days, of ${amountText(month.whole)} for the whole month`}
            value={<Amount money={month.accrued} />}
          />
        )}
        {isWhole && !isOnly && !isZero(month.whole.amount) ? (
          <PeekLine name={`Whole ${monthText(month.month)}`} value={<Amount money={month.whole} />} />
        ) : null}
      </ul>
    </>
  )
}
