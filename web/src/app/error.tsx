'use client'

import { ErrorState } from '../components/ui/error-state.tsx'

/** The shell itself could not be loaded, so this stands alone on the page. */
export default function RootError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main className="mx-auto max-w-xl px-4 py-16">
      <h1 className="mb-4 text-title font-semibold">Outlay</h1>
      <ErrorState error={error} retry={retry} />
    </main>
  )
}
