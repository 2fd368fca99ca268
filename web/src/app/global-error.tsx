'use client'

import './globals.css'
import { ErrorState } from '../components/ui/error-state.tsx'

export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en-GB">
      <body>
        <title>Outlay</title>
        <main className="mx-auto max-w-xl px-4 py-16">
          <h1 className="mb-4 text-title font-semibold">Outlay</h1>
          <ErrorState error={error} retry={retry} />
        </main>
      </body>
    </html>
  )
}
