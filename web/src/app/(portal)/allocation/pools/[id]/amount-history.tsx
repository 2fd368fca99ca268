import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { currencySymbol } from '../../../../../lib/format.ts'
import { shortMonthText } from '../../../../../lib/months.ts'
import { plural } from '../../../../../lib/plural.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { momentText } from '../../../../../lib/time.ts'
import type { PoolDetail } from './pool-detail.ts'

/** What the pool came to from when, who said so, and what was said before. */
export function AmountHistory({ pool, tenant }: { pool: PoolDetail; tenant: Tenant }) {
  const amounts = [...pool.amounts].sort((a, b) =>
    a.fromMonth === b.fromMonth ? b.revision - a.revision : a.fromMonth < b.fromMonth ? 1 : -1,
  )
  const months = new Set(amounts.map(({ fromMonth }) => fromMonth)).size
  return (
    <Card
      flush
      title={
        amounts.length === 1
          ? `One amount, since ${shortMonthText(amounts[0]?.fromMonth ?? pool.firstMonth)}`
          : `${plural(months, 'amount')}, entered ${amounts.length === 2 ? 'twice' : plural(amounts.length, 'time')}`
      }
      caption={`By month, ${currencySymbol(pool.amount.currency)}; nothing entered is ever removed`}
    >
      <MiniTable
        label="Amounts"
        maxHeight={360}
        heads={[
          { label: 'From' },
          { label: `Amount, ${currencySymbol(pool.amount.currency)}`, isNumber: true, isMain: true },
          { label: 'Entered' },
          { label: 'Note' },
        ]}
        rows={amounts.map((one) => ({
          id: `${one.fromMonth} ${one.revision}`,
          cells: [
            <span key="from" className="inline-flex flex-wrap items-center gap-1.5">
              {shortMonthText(one.fromMonth)}
              {one.isInForce ? <Badge tone="ok">in force</Badge> : null}
              {isReplaced(one, amounts) ? <Badge>replaced</Badge> : null}
            </span>,
            <Amount key="amount" money={one.amount} />,
            <span key="entered">
              <span className="block whitespace-nowrap">{momentText(one.setAt, tenant.timeZone)}</span>
              <span className="block text-caption break-words text-ink-3">{one.setBy}</span>
            </span>,
            one.note,
          ],
        }))}
      />
    </Card>
  )
}

type Entered = PoolDetail['amounts'][number]

function isReplaced(one: Entered, amounts: readonly Entered[]): boolean {
  return amounts.some((other) => other.fromMonth === one.fromMonth && other.revision > one.revision)
}
