import type { Money } from '@outlay/domain/money/currency'
import { currencySymbol, exactText, pixelsOf, signedAmountText } from '../../lib/format.ts'
import { DifferenceBar } from '../chart/difference-bar.tsx'
import type { AlertDetail } from './alert-detail.ts'

const PARTS = [
  { id: 'volume', name: 'More or fewer calls' },
  { id: 'tokensPerCall', name: 'Tokens per call' },
  { id: 'price', name: 'Price' },
  { id: 'mix', name: 'Mix of resources' },
] as const

/** Why it is not what was expected: calls × tokens per call × price × mix. The parts add up to the last decimal. */
export function Decomposition({ parts }: { parts: NonNullable<AlertDetail['decomposition']> }) {
  const most = Math.max(...PARTS.map(({ id }) => Math.abs(pixelsOf(parts[id].amount))))
  return (
    <section aria-label="Actual less expected, by cause" className="min-w-0">
      <h3 className="mb-1 flex justify-between gap-3 text-caption font-[550] text-ink">
        <span>Actual less expected</span>
        <span className="font-normal text-ink-3">{currencySymbol(parts.total.currency)}</span>
      </h3>
      <ul>
        {PARTS.map(({ id, name }) => (
          <li key={id} className="grid grid-cols-[minmax(0,1fr)_5rem_auto] items-center gap-3 py-1">
            <span>{name}</span>
            <DifferenceBar amount={parts[id].amount} most={most} className="w-20" />
            <Signed money={parts[id]} />
          </li>
        ))}
      </ul>
      <p className="mt-1.5 flex justify-between gap-3 border-t border-line pt-2 font-semibold">
        <span>Difference</span>
        <Signed money={parts.total} />
      </p>
    </section>
  )
}

function Signed({ money }: { money: Money }) {
  return (
    <span className="num min-w-16 text-right" title={exactText(money)}>
      {signedAmountText(money)}
    </span>
  )
}
