import { burnOf, burnText } from '../../lib/budgets.ts'
import { percentText } from '../../lib/format.ts'
import type { BudgetFacts } from './budget-facts.ts'

const FILLS = { accent: 'var(--accent)', warn: 'var(--warn)', bad: 'var(--bad)' } as const

interface BurnBarProps {
  budget: Pick<BudgetFacts, 'amount' | 'spent' | 'ratio' | 'forecast' | 'forecastLow' | 'forecastHigh' | 'thresholds'>
  className?: string
}

/** What is spent, solid; where the forecast ends, P10 to P90, pale; the thresholds and the budget as ticks. */
export function BurnBar({ budget, className = '' }: BurnBarProps) {
  const burn = burnOf(budget)
  const percent = (share: number) => `${share * 100}%`
  const fill = FILLS[burn.tone]
  const from = Math.max(burn.spent, burn.low ?? burn.spent)
  return (
    <span
      role="img"
      aria-label={burnText(budget)}
      title={burnText(budget)}
      className={`relative block h-4 ${className}`}
    >
      <span className="absolute inset-x-0 top-1 h-2 rounded-bar bg-sunken" />
      {burn.high === null || burn.high <= burn.spent ? null : (
        <>
          <span
            className="absolute top-1 h-2"
            style={{
              left: percent(burn.spent),
              width: percent(from - burn.spent),
              background: `color-mix(in srgb, ${fill} 34%, var(--surface))`,
            }}
          />
          <span
            className="absolute top-1 h-2 rounded-r-bar"
            style={{
              left: percent(from),
              width: percent(burn.high - from),
              background: `color-mix(in srgb, ${fill} 18%, var(--surface))`,
            }}
          />
        </>
      )}
      <span
        className="absolute top-1 left-0 h-2 rounded-bar"
        style={{ width: percent(burn.spent), minWidth: burn.spent > 0 ? 2 : 0, background: fill }}
      />
      {burn.ticks.map(({ threshold, at, isCrossed }) => (
        <span
          key={threshold}
          title={`alerts at ${percentText(threshold, 0)}${isCrossed ? ', reached' : ''}`}
          className="absolute top-0.5 h-3 w-px bg-ink-3"
          style={{ left: `calc(${percent(at)} - 1px)` }}
        />
      ))}
      <span className="absolute top-0 h-4 w-0.5 bg-ink" style={{ left: `calc(${percent(burn.cap)} - 2px)` }} />
    </span>
  )
}
