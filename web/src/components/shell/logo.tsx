/** The product's mark: three bars in a square of ink. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden className="shrink-0">
      <rect width="20" height="20" rx="5" fill="var(--ink)" />
      <path d="M6.2 14v-3.4M10 14V6M13.8 14V8.8" stroke="var(--bg)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
