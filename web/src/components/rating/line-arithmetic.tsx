import type { RatedLineFactsFragment } from '../../generated/graphql.ts'
import { dateText } from '../../lib/calendar.ts'
import { currencySymbol, exactAmountText, exactDecimalText } from '../../lib/format.ts'
import { conditionText, effectiveText, meterText, SOURCE_NAMES } from '../../lib/rate-text.ts'
import { PeekLine, PeekSection, PeekSum } from '../peek/peek-panel.tsx'
import { Amount } from '../ui/amount.tsx'

type Line = RatedLineFactsFragment

/** `48,200 × 0.000015 @ acme v7`; in another currency also what it makes there, and the exchange rate with its date. */
export function LineFormula({ line, currency }: { line: Line; currency: string }) {
  const native = line.unitPrice.currency
  const product = `${exactDecimalText(line.quantity)} × `
  if (native === currency) {
    return (
      <>
        {product}
        {exactDecimalText(line.unitPrice.amount)} @ {line.rate.card}
      </>
    )
  }
  return (
    <>
      {product}
      {native} {exactDecimalText(line.unitPrice.amount)} = {native} {exactAmountText(line.amountNative)}
      {line.fxRate == null ? null : (
        <>
          , × {exactDecimalText(line.fxRate)} {currency}/{native}
          {line.fxDate == null ? '' : ` of ${dateText(line.fxDate, { year: true })}`}
        </>
      )}{' '}
      @ {line.rate.card}
    </>
  )
}

interface RatedLinesProps {
  lines: readonly Line[]
  currency: string
  unpriced: readonly string[]
  /** What the lines add up to; null where a meter has no price. */
  sum: { amount: string; currency: string } | null | undefined
  /** Why there is no sum. */
  reason: string
}

/** Every rated line as its product, and the sum it proves. A graduated price may have several lines of one meter. */
export function RatedLines({ lines, currency, unpriced, sum, reason }: RatedLinesProps) {
  return (
    <PeekSection title="Quantity × price @ rate" unit={currencySymbol(currency)}>
      <ul>
        {lines.map((line, index) => (
          <PeekLine
            key={`${line.meter} ${index}`}
            name={meterText(line.meter)}
            note={
              <span className="num whitespace-normal">
                <LineFormula line={line} currency={currency} />
              </span>
            }
            value={<Amount money={line.amount} as="fine" />}
          />
        ))}
        {unpriced.map((meter) => (
          <PeekLine key={meter} name={meterText(meter)} note="no price" value="n/a" />
        ))}
      </ul>
      <PeekSum name="Self cost" value={<Amount money={sum} as="fine" reason={reason} />} />
    </PeekSection>
  )
}

interface DistinctRate {
  id: string
  rate: Line['rate']
}

/** The rates that the lines used, each once. */
export function distinctRates(lines: readonly Line[]): DistinctRate[] {
  const rates = new Map<string, DistinctRate>()
  for (const { rate } of lines) {
    const id = [rate.card, rate.resource, conditionText(rate), rate.effectiveFrom].join('/')
    rates.set(id, { id, rate })
  }
  return [...rates.values()]
}

/** Which versions of which cards the lines used, and why these. */
export function RatesUsed({
  lines,
  chosenAt,
  timeZone,
}: {
  lines: readonly Line[]
  chosenAt: string
  timeZone: string
}) {
  const rates = distinctRates(lines)
  if (rates.length === 0) return null
  return (
    <PeekSection title={rates.length === 1 ? 'Rate' : 'Rates'}>
      <ul>
        {rates.map(({ id, rate }) => (
          <PeekLine
            key={id}
            name={rate.card}
            note={[`${rate.provider} / ${rate.resource}`, conditionText(rate), effectiveText(rate, timeZone)]
              .filter(Boolean)
              .join(' · ')}
            value={SOURCE_NAMES[rate.source]}
          />
        ))}
        <PeekLine name="Chosen by" value={`occurred at ${chosenAt}`} />
      </ul>
    </PeekSection>
  )
}
