/** Hidden by permission says so: what somebody who only reads does not find here. */
export function ReadOnly() {
  return (
    <p className="no-print mb-4 text-caption text-ink-3">
      You see pools and what they come to. Finance and administrators create them, run them and decide how they are
      split.
    </p>
  )
}
