import { Link } from './link.tsx'

/** Hidden by permission says so. */
export function HiddenByRole() {
  return (
    <>
      <h1 data-hidden-by-role className="text-title font-semibold">
        Not part of your view
      </h1>
      <p className="mt-2 mb-5 text-ink-2">Your role sees the tasks delivered to you. Cost is not part of it.</p>
      <Link href="/" className="control">
        Your tasks
      </Link>
    </>
  )
}
