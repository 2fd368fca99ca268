/** Hidden by permission says so: what somebody who only reads does not find here. */
export function ClosersOnly() {
  return (
    <p className="no-print mb-4 text-caption text-ink-3">
      You see how each month stands. Finance, administrators and leadership close months and reopen them.
    </p>
  )
}
