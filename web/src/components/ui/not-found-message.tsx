import { Link } from './link.tsx'

/** The same words whether something does not exist or belongs to somebody else. */
export function NotFoundMessage() {
  return (
    <>
      <h1 className="text-title font-semibold">Not found</h1>
      <p className="mt-2 mb-5 text-ink-2">
        There is nothing at this address that you can see. It may have another key.
      </p>
      <Link href="/" className="control">
        To the start page
      </Link>
    </>
  )
}
