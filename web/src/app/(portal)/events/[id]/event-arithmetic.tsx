import type { ReactNode } from 'react'
import { metersWithoutPrice } from '../../../../components/rating/invocation-facts.ts'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { NotAvailable } from '../../../../components/ui/amount.tsx'
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
        <p className="px-3.5 pb-4 sm:px-5 text-ink-2">It carries no usage.</p>
      ) : (
        <MiniTable
          label="Rated lines"
          heads={[
            { label: 'Meter' },
            { label: 'Quantity', isNumber: true },
            { label: 'Unit price', isNumber: true },
            ...(hasFx
              ? [
                  { label: 'Native', isNumber: true },
                  { label: 'Exchange rate', isNumber: true },
                ]
              : []),
            { label: `Amount, ${symbol}`, isNumber: true, isMain: true },
          ]}
          rows={[
            ...ratedLines.map((line, index) => ({
              id: `${line.meter} ${index}`,
              cells: [
                <Captioned key="meter" caption={[line.rate.card, conditionText(line.rate)].filter(Boolean).join(', ')}>
                  {meterText(line.meter)}
                </Captioned>,
                exactDecimalText(line.quantity),
                <Captioned key="price" caption={hasFx ? line.unitPrice.currency : null}>
                  {exactDecimalText(line.unitPrice.amount)}
                </Captioned>,
                ...(hasFx
                  ? [
                      <Captioned key="native" caption={line.amountNative.currency}>
                        {exactAmountText(line.amountNative)}
                      </Captioned>,
                      line.fxRate == null ? (
                        ''
                      ) : (
                        <Captioned
                          key="fx"
                          caption={line.fxDate == null ? null : dateText(line.fxDate, { year: true })}
                        >
                          {exactDecimalText(line.fxRate)}
                        </Captioned>
                      ),
                    ]
                  : []),
                exactAmountText(line.amount),
              ],
            })),
            ...others.map((meter) => ({
              id: `without ${meter}`,
              cells: [
                <Captioned
                  key="meter"
                  caption={
                    isPriced ? 'counts nothing' : event.costBasis === 'REPORTED' ? 'reported cost' : 'no rate matches'
                  }
                >
                  {meterText(meter)}
                </Captioned>,
                exactDecimalText(quantityOf(meter)),
                isPriced ? '' : <NotAvailable key="price" reason={missingCost(event)} />,
                ...(hasFx ? ['', ''] : []),
                isPriced ? '0' : <NotAvailable key="amount" reason={missingCost(event)} />,
              ],
            })),
            {
              id: 'total',
              tone: 'total' as const,
              cells: [
                'Cost',
                '',
                '',
                ...(hasFx ? ['', ''] : []),
                event.cost == null ? (
                  <NotAvailable key="cost" reason={missingCost(event)} />
                ) : (
                  exactAmountText(event.cost)
                ),
              ],
            },
          ]}
        />
      )}
    </Card>
  )
}

function Captioned({ caption, children }: { caption: string | null; children: ReactNode }) {
  return (
    <>
      <span className="block">{children}</span>
      {caption === null ? null : <span className="block text-caption font-normal text-ink-3">{caption}</span>}
    </>
  )
}
