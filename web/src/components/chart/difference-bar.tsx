import { pixelsOf } from '../../lib/format.ts'

/** From the middle: dearer to the right, cheaper to the left, on one scale for all bars that share `most`. Silent: the number stands beside it. */
export function DifferenceBar({
  amount,
  most,
  className = 'w-24',
}: {
  amount: string
  most: number
  className?: string
}) {
  const value = pixelsOf(amount)
  const share = most > 0 ? Math.min(1, Math.abs(value) / most) * 50 : 0
  return (
    <span aria-hidden className={`relative block h-2.5 ${className}`}>
      <span className="absolute inset-y-0 left-1/2 w-px bg-line-2" />
      {value === 0 ? null : (
        <span
          className={`absolute inset-y-0 rounded-bar ${value > 0 ? 'left-1/2 bg-accent' : 'right-1/2 bg-compare'}`}
          style={{ width: `${share}%`, minWidth: 2 }}
        />
      )}
    </span>
  )
}
