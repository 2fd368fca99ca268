import { currentViewer, isLimited } from '../../lib/session.ts'
import { Link } from './link.tsx'

/** Hidden by permission says so, to a client's people and to who is limited to clients. */
export async function HiddenByRole() {
  const isOfClients = isLimited(await currentViewer())
  return (
    <>
      <h1 data-hidden-by-role className="text-title font-semibold">
        Not part of your view
      </h1>
      <p className="mt-2 mb-5 text-ink-2">
        {isOfClients
          ? 'This page is about the whole firm. You are limited to some of its clients, and see what is theirs.'
          : 'Your role sees the work done for you and what you are charged. Other pages are not part of it.'}
      </p>
      <Link href="/" className="control">
        {isOfClients ? 'Your clients' : 'Your work'}
      </Link>
    </>
  )
}
