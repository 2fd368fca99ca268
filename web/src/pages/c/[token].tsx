import type { GetServerSideProps } from 'next'
import Head from 'next/head'
import { clientPageSchema, type ClientPage } from '@outlay/domain/audience/client-page'
import { ClientMonth } from '../../components/client-page/client-month.tsx'
import { QuestionBox } from '../../components/client-page/question-box.tsx'
import { dateText } from '../../lib/calendar.ts'
import { env } from '../../lib/env.ts'
import { monthParam, monthText, readMonth } from '../../lib/months.ts'

/**
 * The page behind a link, for whoever holds it. It is sent without any script, and its policy allows none (src/proxy.ts): a title that a
 * client's own people or agents wrote can never run. That is why it is not under src/app, where every page brings the router.
 */
export const config = { unstable_runtimeJS: false }

interface LinkPageProps {
  page: ClientPage
  /** `/c/…`: the address of the page, which holds the secret. */
  path: string
  said: string | null
}

export const getServerSideProps: GetServerSideProps<LinkPageProps> = async ({ params, query }) => {
  const token = params?.['token']
  // A token has no other letters; anything else is not asked for.
  if (typeof token !== 'string' || !/^[\w-]{43}$/.test(token)) return { notFound: true }
  const [asked, said] = [query['month'], query['question']]
  const month = readMonth(typeof asked === 'string' ? asked : null)
  const search = month === null ? '' : `?month=${monthParam(month)}`
  const response = await fetch(`${env().apiUrl}/api/c/${token}${search}`, {
    cache: 'no-store',
    signal: AbortSignal.timeout(20_000),
  })
  if (response.status === 404) return { notFound: true }
  if (!response.ok) throw new Error(`The server answered ${response.status} for the page of a client.`)
  const page = clientPageSchema.parse(await response.json())
  return { props: { page, path: `/c/${token}`, said: typeof said === 'string' ? said : null } }
}

export default function LinkPage({ page, path, said }: LinkPageProps) {
  const { view, months, worksUntil } = page
  const at = (month: string) => `${path}?month=${monthParam(month)}`
  return (
    <>
      <Head>
        <title>{`${view.client}, ${monthText(view.month)} · ${view.firm}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      </Head>
      <div className="border-b border-line bg-surface">
        <p className="mx-auto flex min-h-14 max-w-[1080px] flex-wrap items-center gap-x-3 px-3.5 py-2 sm:px-5">
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
            <a className="control" href={`${path}/statement.csv?month=${monthParam(view.month)}`} download>
              Statement CSV
            </a>
          }
          question={<QuestionBox action={`${path}/question`} month={monthParam(view.month)} said={said} />}
        />
        <footer className="mt-6 flex flex-wrap justify-between gap-x-6 text-caption text-ink-3">
          <p>
            Read only. This link is private to {view.client} and works until {dateText(worksUntil, { year: true })}.
          </p>
          <p>Measured with Outlay</p>
        </footer>
      </main>
    </>
  )
}
