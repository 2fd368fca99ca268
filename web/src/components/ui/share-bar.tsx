import { pixelsOf } from '../../lib/format.ts'

interface ShareBarProps {
  /** 0…1 as decimal text. */
  ratio: string
  colour?: string
  track?: boolean
  className?: string
}

/** A horizontal bar of a share. The number it draws stands beside it, so it is silent for screen readers. */
export function ShareBar({ ratio, colour = 'var(--accent)', track = false, className = 'h-1.5' }: ShareBarProps) {
  const width = Math.max(0, Math.min(1, pixelsOf(ratio))) * 100
  return (
    <span aria-hidden className={`block overflow-hidden rounded-bar ${track ? 'bg-sunken' : ''} ${className}`}>
      <span
        className="block h-full rounded-bar"
        style={{ width: `${width}%`, minWidth: width > 0 ? 2 : 0, background: colour }}
      />
    </span>
  )
}
