import type { Metadata } from 'next'
import { Logo } from '../../components/shell/logo.tsx'
import { demoLogins } from '../../lib/demo.ts'
import { safePath } from '../../lib/safe-path.ts'
import { first, type SearchParams } from '../../lib/search-params.ts'
import { refusalWords } from '../../lib/sign-in-refusal.ts'
import { providerLabel } from '../../lib/single-sign-on.ts'
import { LoginForm } from './login-form.tsx'

export const metadata: Metadata = { title: 'Sign in' }

export default async function LoginPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams
  const [demo, provider] = await Promise.all([demoLogins(), providerLabel()])
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col justify-center px-4 py-10">
      <p className="mb-6 flex items-center gap-2.5 text-card font-semibold">
        <Logo size={26} />
        Outlay
      </p>
      <h1 className="text-title font-semibold tracking-[-0.01em]">Sign in</h1>
      <p className="mb-5 text-ink-2">What every agent, task and client cost, to the last decimal.</p>
      <LoginForm
        next={safePath(first(params.next))}
        demo={demo}
        provider={provider}
        refused={refusalWords(first(params.error))}
      />
    </main>
  )
}
