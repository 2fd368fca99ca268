import type { Money } from '@outlay/domain/money/currency'
import { amountText, exactText, fineAmountText, moneyText } from '../../lib/format.ts'
import { Link } from './link.tsx'
import { longFigure } from './tiles.tsx'

interface AmountProps {
  money: Money | null | undefined
  /** `cell`: the head names the currency. `fine`: four decimals. `text`: with the sign of the currency. */
  as?: 'cell' | 'fine' | 'text'
  /** Why there is no amount, for the title of "n/a". */
  reason?: string
  /** Where its arithmetic is shown. */
  sumHref?: string | undefined
  className?: string
}

const PRINT = { cell: amountText, fine: fineAmountText, text: moneyText } as const

/** An amount of money, with every decimal of it in the title; with `sumHref` it leads to how it is made. */
export function Amount({ money, as = 'cell', reason = 'Unknown', sumHref, className = '' }: AmountProps) {
  if (money === null || money === undefined) return <NotAvailable reason={reason} />
  const text = PRINT[as](money)
  const long = as === 'text' ? longFigure(text) : null
  const names = [long?.className ?? '', className].filter((name) => name !== '').join(' ')
  if (sumHref === undefined) {
    return (
      <span
        className={names === '' ? 'num' : `num ${names}`}
        {...(long === null ? {} : { style: long.style })}
        title={exactText(money)}
      >
        {text}
      </span>
    )
  }
  return (
    <Link
      href={sumHref}
      scroll={false}
      data-peek
      aria-label={`${text}: show how it is made`}
      title={exactText(money)}
      className={names === '' ? 'sum-link num' : `sum-link num ${names}`}
      {...(long === null ? {} : { style: long.style })}
    >
      {text}
    </Link>
  )
}

/** What does not apply or is not known, with the reason for eyes, pointer and screen reader. */
export function NotAvailable({ reason }: { reason: string }) {
  return (
    <span title={reason} className="text-ink-3">
      n/a<span className="sr-only">: {reason}</span>
    </span>
  )
}
