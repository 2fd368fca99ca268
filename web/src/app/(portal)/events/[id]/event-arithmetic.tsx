import { metersWithoutPrice } from '../../../../components/rating/invocation-facts.ts'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { dateText } from '../../../../lib/calendar.ts'
import { currencySymbol, exactAmountText, exactDecimalText, exactText } from '../../../../lib/format.ts'
import { conditionText, meterText } from '../../../../lib/rate-text.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { missingCost } from './missing-cost.ts'
import type { RecordedEvent } from './page.tsx'

/** Every line with all its decimals: quantity × unit price = native amount, × exchange rate = amount. */
export function EventArithmetic({ event, tenant }: { event: RecordedEvent; tenant: Tenant }) {
  const { ratedLines, usage } = event
  const symbol = currencySymbol(tenant.currency)
  const others = metersWithoutPrice(event)
  const isPriced = event.status === 'RATED' && event.costBasis === 'RATES'
  const hasFx = ratedLines.some((line) => line.unitPrice.currency !== tenant.currency)
  const quantityOf = (meter: string): string => usage.find((line) => line.meter === meter)?.quantity ?? '0'
  return (
    <Card
      flush
      title={
        event.cost == null
          ? isPriced
            ? missingCost(event)
            : `${missingCost(event)}, so it is in no amount`
          : event.costBasis === 'REPORTED'
            ? `It costs ${exactText(event.cost)}, as its sender reports`
            : `It costs ${exactText(event.cost)}`
      }
      caption={`Quantity × unit price${hasFx ? ' = native amount, × exchange rate of its UTC day' : ''} = amount, with every decimal`}
    >
      {ratedLines.length === 0 && usage.length === 0 ? (
        <p className="px-5 pb-4 text-ink-2">It carries no usage.</p>
      ) : (
        <MiniTable
          label="Rated lines"
          heads={[
            { label: 'Meter' },
            { label: 'Quantity', isNumber: true },
            { label: 'Unit price', isNumber: true },
            ...(hasFx
              ? [{ label: 'Native', isNumber: true }, { label: 'Currency' }, { label: 'Exchange rate', isNumber: true }]
              : []),
            { label: `Amount, ${symbol}`, isNumber: true, isMain: true },
            { label: 'Rate' },
          ]}
          rows={[
            ...ratedLines.map((line, index) => ({
              id: `${line.meter} ${index}`,
              cells: [
                meterText(line.meter),
                exactDecimalText(line.quantity),
                <span key="price" title={`${line.unitPrice.currency}, price ÷ ${exactDecimalText(line.per)}`}>
                  {exactDecimalText(line.unitPrice.amount)}
                </span>,
                ...(hasFx
                  ? [
                      exactAmountText(line.amountNative),
                      line.unitPrice.currency,
                      line.fxRate == null ? (
                        ''
                      ) : (
                        <span key="fx">
                          {exactDecimalText(line.fxRate)}
                          {line.fxDate == null ? null : (
                            <span className="block text-caption text-ink-3">
                              {dateText(line.fxDate, { year: true })}
                            </span>
                          )}
                        </span>
                      ),
                    ]
                  : []),
                exactAmountText(line.amount),
                <span key="rate">
                  {line.rate.card}
                  {conditionText(line.rate) === null ? null : (
                    <span className="block text-caption text-ink-3">{conditionText(line.rate)}</span>
                  )}
                </span>,
              ],
            })),
            ...others.map((meter) => ({
              id: `without ${meter}`,
              cells: [
                meterText(meter),
                exactDecimalText(quantityOf(meter)),
                isPriced ? '' : <NotAvailable key="price" reason={missingCost(event)} />,
                ...(hasFx ? ['', '', ''] : []),
                isPriced ? '0' : <NotAvailable key="amount" reason={missingCost(event)} />,
                isPriced ? 'counts nothing' : event.costBasis === 'REPORTED' ? 'reported cost' : 'none',
              ],
            })),
            {
              id: 'total',
              tone: 'total' as const,
              cells: [
                'Cost',
                '',
                '',
                ...(hasFx ? ['', '', ''] : []),
                event.cost == null ? (
                  <Amount key="cost" money={null} reason={missingCost(event)} />
                ) : (
                  exactAmountText(event.cost)
                ),
                '',
              ],
            },
          ]}
        />
      )}
    </Card>
  )
}
