import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import type { ClientPage } from '@outlay/domain/audience/client-page'
import { ClientMonth } from '../../../components/client-page/client-month.tsx'
import { QuestionBox } from '../../../components/client-page/question-box.tsx'
import { brandStyle } from '../../../lib/brand-style.ts'
import { dateText } from '../../../lib/calendar.ts'
import { clientPage } from '../../../lib/client-page.ts'
import { monthParam, monthText, readMonth } from '../../../lib/months.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'

interface LinkPageProps {
  params: Promise<{ token: string }>
  searchParams: Promise<SearchParams>
}

export async function generateMetadata(props: LinkPageProps): Promise<Metadata> {
  const page = await pageOf(props)
  const title = page === null ? 'Not found' : `${page.view.client}, ${monthText(page.view.month)} · ${page.view.firm}`
  // The address is a secret: it is not told to the pages that this one leads to, nor to a search engine.
  return {
    ...{ title: { absolute: title }, description: null },
    ...{ referrer: 'no-referrer', robots: { index: false, follow: false } },
  }
}

async function pageOf({ params, searchParams }: LinkPageProps): Promise<ClientPage | null> {
  const [{ token }, { month }] = await Promise.all([params, searchParams])
  return clientPage(token, readMonth(first(month)))
}

/**
 * The page behind a link, for whoever holds it. The server looks at the link before this is drawn (server/src/transparency), and answers one
 * that does not work itself. No part of it is drawn by the browser, so it works without scripts.
 */
export default async function LinkPage(props: LinkPageProps) {
  const [{ token }, { question }, page] = await Promise.all([props.params, props.searchParams, pageOf(props)])
  if (page === null) notFound()
  const { view, months, worksUntil } = page
  const path = `/c/${token}`
  const at = (month: string) => `${path}?month=${monthParam(month)}`
  return (
    <div className="client-page" style={brandStyle(view.brand)}>
      <div className="border-b border-line bg-surface">
        <p className="mx-auto flex min-h-14 max-w-[1080px] flex-wrap items-center gap-x-3 px-3.5 py-2 sm:px-5">
          <span
            aria-hidden
            className="grid size-6 place-items-center rounded-badge bg-accent text-card font-semibold text-on-accent"
          >
            {view.firm.charAt(0)}
          </span>
          <b className="text-card font-semibold break-words">{view.firm}</b>
          <span className="text-ink-2">
            prepared for <b className="font-semibold">{view.client}</b>
          </span>
        </p>
      </div>
      <main className="mx-auto max-w-[1080px] px-3.5 py-6 sm:px-5">
        <ClientMonth
          view={view}
          months={months.map((month) => ({ month, href: at(month) }))}
          actions={
            <>
              <a className="control" href={`${path}/statement.pdf?month=${monthParam(view.month)}`} download>
                Statement PDF
              </a>
              <a className="control" href={`${path}/statement.csv?month=${monthParam(view.month)}`} download>
                CSV
              </a>
            </>
          }
          question={<QuestionBox action={`${path}/question`} month={monthParam(view.month)} said={first(question)} />}
        />
        <footer className="mt-6 flex flex-wrap justify-between gap-x-6 text-caption text-ink-3">
          <p>
            Read only. This link is private to {view.client} and works until {dateText(worksUntil, { year: true })}.
          </p>
          <p>Measured with Outlay</p>
        </footer>
      </main>
    </div>
  )
}
