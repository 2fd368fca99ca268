import type { Metadata } from 'next'
import { Logo } from '../../../components/shell/logo.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { openInvitation } from '../../../lib/invitation.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'
import { refusalWords } from '../../../lib/sign-in-refusal.ts'
import { providerLabel } from '../../../lib/single-sign-on.ts'
import { roleName } from '../../../lib/roles.ts'
import { JoinForm } from './join-form.tsx'

// The address is a secret: it is not told to the pages that this one leads to, nor to a search engine.
export const metadata: Metadata = { title: 'Join', referrer: 'no-referrer', robots: { index: false, follow: false } }

interface JoinPageProps {
  params: Promise<{ token: string }>
  searchParams: Promise<SearchParams>
}

export default async function JoinPage({ params, searchParams }: JoinPageProps) {
  const { token } = await params
  const [invitation, provider, { error }] = await Promise.all([openInvitation(token), providerLabel(), searchParams])
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col justify-center px-4 py-10">
      <p className="mb-6 flex items-center gap-2.5 text-card font-semibold">
        <Logo size={26} />
        Outlay
      </p>
      {invitation === null ? (
        <>
          <h1 className="text-title font-semibold tracking-[-0.01em]">This invitation does not work</h1>
          <p className="mb-5 text-ink-2">
            It was used, withdrawn, or is too old. Ask whoever invited you for a new one.
          </p>
          <Link href="/login" className="control">
            Sign in
          </Link>
        </>
      ) : (
        <>
          <h1 className="text-title font-semibold tracking-[-0.01em] break-words">Join {invitation.tenant}</h1>
          <p className="mb-5 break-words text-ink-2">
            {invitation.invitedBy} invites {invitation.email} as {roleName(invitation.role)}.
          </p>
          <JoinForm token={token} {...invitation} provider={provider} refused={refusalWords(first(error))} />
        </>
      )}
    </main>
  )
}
