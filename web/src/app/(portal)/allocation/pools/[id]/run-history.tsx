import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../../components/ui/empty-state.tsx'
import { methodText, fallbackName } from '../../../../../lib/allocation.ts'
import { currencySymbol, isZero, signedAmountText } from '../../../../../lib/format.ts'
import { monthText } from '../../../../../lib/months.ts'
import { plural } from '../../../../../lib/plural.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { secondsText, dayText } from '../../../../../lib/time.ts'
import type { PoolDetail } from './pool-detail.ts'

/** So much of a hash tells two apart at a glance; all of it is in its title. */
const HASH_SHOWN = 12

/** The runs of the pool in the month, the newest first: a run is never edited, a newer one takes its place. */
export function RunHistory({ pool, tenant }: { pool: PoolDetail; tenant: Tenant }) {
  const runs = pool.runs.filter((run) => run.month === pool.month).sort((a, b) => (a.snapshot < b.snapshot ? 1 : -1))
  const [newest] = runs
  if (newest === undefined) {
    return (
      <Card id="runs" title={`${monthText(pool.month)} was not run`}>
        <EmptyState>Each run will be kept here with what it was made from, and the hash of it.</EmptyState>
      </Card>
    )
  }
  const symbol = currencySymbol(newest.total.currency)
  const hasUnder = runs.some((run) => !isZero(run.underAbsorbed.amount))
  return (
    <Card
      flush
      id="runs"
      title={`${monthText(pool.month)} was run ${runs.length === 1 ? 'once' : runs.length === 2 ? 'twice' : plural(runs.length, 'time')}`}
      caption="The same inputs give the same hash and the same shares; a run is never edited"
    >
      <MiniTable
        label="Runs"
        maxHeight={420}
        heads={[
          { label: 'Inputs frozen' },
          { label: 'State', isMain: true },
          { label: 'Policy' },
          { label: `Split, ${symbol}`, isNumber: true },
          { label: `Allocated, ${symbol}`, isNumber: true },
          { label: `Unallocated, ${symbol}`, isNumber: true },
          ...(hasUnder ? [{ label: `Under-absorbed, ${symbol}`, isNumber: true }] : []),
          { label: 'Inputs hash' },
        ]}
        rows={runs.map((run) => ({
          id: run.id,
          cells: [
            <span key="frozen" className="num">
              {dayText(run.snapshot, tenant.timeZone)}, {secondsText(run.snapshot, tenant.timeZone)}
            </span>,
            <span key="state" className="inline-flex flex-wrap gap-1">
              {run.state === 'CURRENT' ? <Badge tone="ok">current</Badge> : <Badge>superseded</Badge>}
              {run.fallback == null ? null : <Badge tone="warn">{fallbackName(run.fallback)}</Badge>}
            </span>,
            <span key="policy">
              v{run.policyVersion}
              <span className="block text-caption text-ink-3">{methodText(run)}</span>
            </span>,
            <Amount key="total" money={run.total} />,
            <Amount key="allocated" money={run.allocated} />,
            <Amount key="unallocated" money={run.unallocated} />,
            ...(hasUnder ? [signedAmountText(run.underAbsorbed)] : []),
            <code key="hash" className="text-caption" title={run.inputsHash}>
              {run.inputsHash.slice(0, HASH_SHOWN)}
            </code>,
          ],
        }))}
      />
    </Card>
  )
}
