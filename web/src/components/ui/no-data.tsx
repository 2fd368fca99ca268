import { baseUrl } from '../../lib/base-url.ts'
import { curlSnippet, KEY_PLACEHOLDER } from '../../lib/snippets.ts'
import { EmptyState } from './empty-state.tsx'

/** A period without a single invocation: what will appear, and the command that fills it. */
export async function NoData({ what, periodName }: { what: string; periodName: string }) {
  const code = curlSnippet({ baseUrl: await baseUrl(), apiKey: KEY_PLACEHOLDER })
  return (
    <div className="card px-3.5 py-4 sm:px-5">
      <EmptyState command={{ label: 'Send a first event; the Start page fills in your key', code }}>
        Nothing was recorded in {periodName}. {what} will appear here with the first event.
      </EmptyState>
    </div>
  )
}
