import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Card } from '../../../components/ui/card.tsx'
import type { ReconciliationQuery } from '../../../generated/graphql.ts'
import { addDays, rangeText } from '../../../lib/calendar.ts'
import { currencySymbol, isZero, signedMoneyText } from '../../../lib/format.ts'
import { plural } from '../../../lib/plural.ts'
import { CAUSE_WORDS } from '../../../lib/reconciliation.ts'
import { meterText } from '../../../lib/rate-text.ts'
import { AcceptVariance } from './accept-variance.tsx'
import { PoolUnattributed } from './pool-unattributed.tsx'

type Reconciled = ReconciliationQuery['reconciliation']
type Finding = Reconciled['findings'][number]

interface CausesProps {
  reconciled: Reconciled
  month: string
  /** Only findings of this cause; null: of all. */
  cause: string | null
  mayManage: boolean
}

/** Why the invoice is not what was attributed: every cause with its money, and their sum, which is the gap. */
export function Causes({ reconciled, month, cause, mayManage }: CausesProps) {
  const { gap, causes, findings, unexplainedOf } = { ...reconciled, unexplainedOf: unexplainedProviders(reconciled) }
  const symbol = currencySymbol(gap.currency)
  const shown = findings.filter((finding) => cause === null || finding.cause === cause)
  return (
    <div className="mt-4 grid gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      <Card flush title={titleOf(reconciled)} caption={`By cause, ${symbol}; above zero the invoice is larger`}>
        <MiniTable
          label="The gap by cause"
          heads={[{ label: 'Cause' }, { label: 'Is' }, { label: `Amount, ${symbol}`, isNumber: true, isMain: true }]}
          rows={[
            ...causes.map((each) => ({
              id: each.cause,
              cells: [
                CAUSE_WORDS[each.cause].name,
                CAUSE_WORDS[each.cause].meaning,
                <Amount key="amount" money={each.amount} />,
              ],
            })),
            {
              id: 'gap',
              tone: 'total' as const,
              cells: ['Gap', 'invoiced less attributed', <Amount key="amount" money={gap} />],
            },
          ]}
        />
        {mayManage && unexplainedOf.length > 0 ? (
          <div className="flex flex-wrap gap-2 px-3.5 pt-2 pb-4 sm:px-5">
            {unexplainedOf.map((provider) => (
              <PoolUnattributed key={provider} provider={provider} month={month} />
            ))}
          </div>
        ) : null}
      </Card>
      <Card
        flush
        title={`${plural(shown.length, 'reason')}, the largest first`}
        caption={cause === null ? 'Each over all the days on which it is one' : 'Of one cause only; the gap has others'}
      >
        <MiniTable
          label="Reasons"
          maxHeight={520}
          heads={[
            { label: 'Reason' },
            { label: 'Of' },
            { label: `Amount, ${symbol}`, isNumber: true, isMain: true },
            { label: 'Accepted' },
          ]}
          rows={shown.map((finding, at) => ({
            id: String(at),
            cells: [
              <span key="reason">
                {CAUSE_WORDS[finding.cause].name}
                <span className="block text-caption font-normal text-ink-3">{daysOf(finding)}</span>
              </span>,
              <span key="of">
                {finding.resource ?? 'whole days'}
                <span className="block text-caption text-ink-3">
                  {[
                    finding.provider,
                    finding.meter === null || finding.meter === undefined ? null : meterText(finding.meter),
                    finding.tier,
                  ]
                    .filter((text) => text !== null && text !== undefined)
                    .join(' · ')}
                </span>
              </span>,
              <Amount key="amount" money={finding.amount} />,
              <Accepted key="accepted" finding={finding} reconciled={reconciled} mayManage={mayManage} />,
            ],
          }))}
        />
      </Card>
    </div>
  )
}

function titleOf({ gap, accepted }: Reconciled): string {
  if (isZero(gap.amount)) return 'The invoice is what was attributed'
  const open = isZero(accepted.amount) ? '' : `, of which ${signedMoneyText(accepted)} is accepted`
  return `${signedMoneyText(gap)} between invoice and attributed${open}`
}

function unexplainedProviders({ rows }: Reconciled): string[] {
  const open = rows.filter(
    ({ causes, accepted }) =>
      causes.some(({ cause }) => cause === 'UNEXPLAINED') &&
      !accepted.some(({ cause, isCurrent }) => cause === 'UNEXPLAINED' && isCurrent),
  )
  return [...new Set(open.map(({ provider }) => provider))].sort()
}

function daysOf({ firstDay, lastDay, days }: Finding): string {
  const range = rangeText(firstDay, addDays(lastDay, 1))
  return days === 1 ? range : `${range}, ${plural(days, 'day')}`
}

/** Accepted on all of its days, on some of them, or to be accepted. */
function Accepted({
  finding,
  reconciled,
  mayManage,
}: {
  finding: Finding
  reconciled: Reconciled
  mayManage: boolean
}) {
  const { provider, cause, resource, firstDay, lastDay } = finding
  const rows = reconciled.rows.filter(
    (row) =>
      row.provider === provider &&
      (resource === null || resource === undefined || row.resource === resource) &&
      row.day >= firstDay &&
      row.day <= lastDay &&
      row.causes.some((each) => each.cause === cause),
  )
  const accepted = rows.flatMap((row) => row.accepted.filter((each) => each.cause === cause && each.isCurrent))
  const isWhole = rows.length > 0 && accepted.length === rows.length
  const of = `${CAUSE_WORDS[cause].name.toLowerCase()} of ${resource ?? provider}, ${rangeText(firstDay, addDays(lastDay, 1))}`
  return (
    <span className="flex flex-wrap items-center gap-2">
      {accepted.length === 0 ? null : (
        <Badge tone="ok" title={accepted.map(({ reason, acceptedBy }) => `${reason} (${acceptedBy})`)[0]}>
          {isWhole ? 'accepted' : `${accepted.length} of ${plural(rows.length, 'day')}`}
        </Badge>
      )}
      {isWhole || !mayManage ? null : (
        <AcceptVariance
          provider={provider}
          cause={cause}
          resource={resource ?? null}
          from={firstDay}
          to={addDays(lastDay, 1)}
          what={of}
        />
      )}
    </span>
  )
}
