interface ProgressBarProps {
  /** What is done: "Applying". */
  label: string
  /** Whole percent; null while it is not known how much there is. */
  percent: number | null
  /** How far it is, in words. */
  text: string
}

/** How far a job is. */
export function ProgressBar({ label, percent, text }: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      aria-valuetext={text}
      className="h-2 overflow-hidden rounded-bar bg-sunken"
    >
      <span
        aria-hidden
        className="block h-full rounded-bar bg-accent transition-[width] duration-500"
        style={{ width: `${percent ?? 0}%`, minWidth: percent === null ? 0 : 2 }}
      />
    </div>
  )
}
