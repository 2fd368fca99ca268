import { VIEW_PARAMETERS } from '@outlay/domain/views/check-view'
import { Bookmark, ChevronDown } from 'lucide-react'
import type { ViewPage } from '../../generated/graphql.ts'
import { Link } from '../ui/link.tsx'
import { ahead, query } from '../../lib/api.ts'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { DeleteView } from './delete-view.tsx'
import { SaveView } from './save-view.tsx'
import { SavedViewsDocument } from './view-facts.ts'

const PATHS: Record<ViewPage, string> = {
  SPEND: '/spend',
  AGENTS: '/agents',
  TASKS: '/tasks',
  CLIENTS: '/clients',
  ANOMALIES: '/anomalies',
  BUDGETS: '/budgets',
}

/** The page's own part of an address: what a view holds. */
function addressOf(page: ViewPage, params: SearchParams): string {
  const own = Object.entries(params).filter(([name]) => VIEW_PARAMETERS[page].includes(name))
  return hrefWith('', Object.fromEntries(own)).slice(1)
}

/** What `SavedViews` will ask. */
export function askSavedViews(page: ViewPage): void {
  ahead(SavedViewsDocument, { page })
}

/** Views of one's own and of colleagues, to open; the present one, to save. */
export async function SavedViews({ page, params }: { page: ViewPage; params: SearchParams }) {
  const { savedViews } = await query(SavedViewsDocument, { page })
  const address = addressOf(page, params)
  const path = PATHS[page]
  return (
    <>
      <details className="relative">
        <summary className="control">
          <Bookmark size={16} strokeWidth={1.4} aria-hidden />
          Views
          <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="text-ink-3" />
        </summary>
        <div className="popover right-0 w-80 max-w-[calc(100vw-32px)] max-sm:right-auto max-sm:left-0">
          {savedViews.length === 0 ? (
            <p className="text-ink-2">
              No view is saved yet. “Save view…” keeps what the page shows now: period, filters, order and columns.
            </p>
          ) : (
            <ul aria-label="Saved views">
              {savedViews.map(({ id, name, query: saved, isOwn, isShared, ownerEmail }) => (
                <li key={id} className="flex items-center justify-between gap-2 py-1">
                  <span className="min-w-0">
                    <Link
                      href={saved === '' ? path : `${path}?${saved}`}
                      aria-current={saved === address ? 'true' : undefined}
                      className="row-link inline-flex min-h-6 items-center font-medium break-words aria-[current]:font-semibold"
                    >
                      {name}
                    </Link>
                    <span className="block text-caption break-words text-ink-3">
                      {isOwn ? (isShared ? 'yours, shared' : 'yours') : `shared by ${ownerEmail}`}
                    </span>
                  </span>
                  {isOwn ? <DeleteView id={id} name={name} /> : null}
                </li>
              ))}
            </ul>
          )}
        </div>
      </details>
      <SaveView page={page} query={address} />
    </>
  )
}
