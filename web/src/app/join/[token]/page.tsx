import type { Metadata } from 'next'
import { Logo } from '../../../components/shell/logo.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { openInvitation } from '../../../lib/invitation.ts'
import { roleName } from '../../../lib/roles.ts'
import { JoinForm } from './join-form.tsx'

// The address is a secret: it is not told to the pages that this one leads to, nor to a search engine.
export const metadata: Metadata = { title: 'Join', referrer: 'no-referrer', robots: { index: false, follow: false } }

export default async function JoinPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params
  const invitation = await openInvitation(token)
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
          <JoinForm token={token} {...invitation} />
        </>
      )}
    </main>
  )
}
