import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../../components/ui/empty-state.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { currencySymbol, isZero, moneyText } from '../../../../../lib/format.ts'
import { rateText } from '../../../../../lib/allocation.ts'
import { poolHref } from '../../pool-table.tsx'
import type { PoolDetail } from './pool-detail.ts'

/** The pools this one serves, with the part each gets before the rest is split; and what others passed to this one. */
export function ServedPools({ pool }: { pool: PoolDetail }) {
  const { run, policy } = pool
  const passed = new Map((run?.feeds ?? []).map((feed) => [feed.pool.id, feed]))
  const declared = policy?.feeds ?? []
  const received = run == null || isZero(run.received.amount) ? null : run.received
  const rows = [
    ...declared.map(({ pool: served, share }) => ({ served, share, amount: passed.get(served.id)?.amount })),
    ...[...passed.values()]
      .filter((feed) => !declared.some((one) => one.pool.id === feed.pool.id))
      .map((feed) => ({ served: feed.pool, share: null, amount: feed.amount })),
  ]
  const receivedText = received === null ? null : `Other pools pass ${moneyText(received)} to this one.`
  if (rows.length === 0) {
    return (
      <Card
        title={receivedText ?? 'It serves no other pool'}
        caption="Parts that are passed on before the rest is split"
      >
        <EmptyState>
          Where a shared agent or service works for other pools, the part each of them gets will stand here. It is set
          in the policy.
        </EmptyState>
      </Card>
    )
  }
  const symbol = currencySymbol(run?.total.currency ?? pool.amount.currency)
  return (
    <Card
      flush
      title={rows.length === 1 ? 'It serves one other pool' : `It serves ${rows.length} other pools`}
      caption={receivedText ?? 'Parts that are passed on before the rest is split'}
    >
      <MiniTable
        label="Pools this one serves"
        heads={[
          { label: 'Pool' },
          { label: 'Part', isNumber: true },
          { label: `Passed on, ${symbol}`, isNumber: true, isMain: true },
        ]}
        rows={[
          ...rows.map(({ served, share, amount }) => ({
            id: served.id,
            cells: [
              <Link key="pool" className="row-link font-[550]" href={poolHref({ id: served.id, month: pool.month })}>
                {served.name}
              </Link>,
              share === null ? null : rateText(share),
              run == null ? (
                'not run'
              ) : (
                <Amount key="amount" money={amount ?? null} reason="It was not a pool of this month in the run" />
              ),
            ],
          })),
          ...(run == null
            ? []
            : [
                {
                  id: 'total',
                  tone: 'total' as const,
                  cells: ['Passed on', null, <Amount key="sum" money={run.passedOn} />],
                },
              ]),
        ]}
      />
    </Card>
  )
}
