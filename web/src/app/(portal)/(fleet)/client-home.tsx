import { clientViewSchema } from '@outlay/domain/audience/client-view'
import { ClientMonth } from '../../../components/client-page/client-month.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { firstOfMonth } from '../../../lib/calendar.ts'
import { addMonths, monthOf, monthParam } from '../../../lib/months.ts'
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import type { Viewer } from '../../../lib/session.ts'
import { AskQuestion } from './ask-question.tsx'

const ClientHomeDocument = graphql(`
  query ClientHome($month: Date!) {
    clientView(month: $month) {
      ...ClientViewFields
    }
  }
`)

const MONTHS = 36

/** What a client's people see: a month of their own work, as a link would show it, of any month. */
export async function ClientHome({ viewer, params }: { viewer: Viewer; params: SearchParams }) {
  const thisMonth = firstOfMonth(viewer.tenant.today)
  const month = monthOf(params, viewer.tenant.today)
  const { clientView } = await query(ClientHomeDocument, { month })
  const view = clientViewSchema.parse(clientView)
  const months = Array.from({ length: MONTHS }, (_, index) => addMonths(thisMonth, -index))
  return (
    <div className="mx-auto max-w-[1080px]">
      <ClientMonth
        view={view}
        months={months.map((one) => ({ month: one, href: hrefWith('/', { month: monthParam(one) }) }))}
        actions={
          <>
            <a className="control" href={`/v1/client-statement.pdf?month=${monthParam(month)}`} download>
              Statement PDF
            </a>
            <a className="control" href={`/v1/client-statement.csv?month=${monthParam(month)}`} download>
              CSV
            </a>
            <AskQuestion month={month} firm={view.firm} />
          </>
        }
      />
    </div>
  )
}
