import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import type { TransparencyPageQuery } from '../../../../../generated/graphql.ts'
import { countText } from '../../../../../lib/format.ts'
import { monthsText } from '../../../../../lib/months.ts'
import { dayText, momentText } from '../../../../../lib/time.ts'
import { RevokeLink } from './revoke-link.tsx'

type ClientLink = TransparencyPageQuery['clientLinks'][number]

/** The links of a client, how they are used, and the way to end one. */
export function LinkTable({ links, timeZone }: { links: readonly ClientLink[]; timeZone: string }) {
  const working = links.filter(({ isWorking }) => isWorking).length
  return (
    <Card
      title={
        links.length === 0
          ? 'Nothing is published yet'
          : `${countText(working)} of ${countText(links.length)} links work`
      }
      caption="A link shows what the preview shows, to whoever holds it"
      flush
    >
      {links.length === 0 ? (
        <p className="px-3.5 pb-4 sm:px-5 text-ink-2">
          Publish a link and send it to the client. It needs no login, ends by itself, and can be revoked at any time.
        </p>
      ) : (
        <MiniTable
          label="Links"
          heads={[
            { label: 'For' },
            { label: 'Months' },
            { label: 'Works until' },
            { label: 'Views', isNumber: true },
            { label: 'Last viewed' },
            { label: 'State', isMain: true },
            { label: '' },
          ]}
          rows={links.map((link) => ({
            id: link.id,
            cells: [
              <span key="for" className="break-words">
                {link.label}
                <span className="block text-caption text-ink-3">by {link.createdBy}</span>
              </span>,
              monthsText(link.firstMonth, link.lastMonth),
              dayText(link.expiresAt, timeZone),
              countText(link.viewCount),
              <Views key="views" link={link} timeZone={timeZone} />,
              <State key="state" link={link} />,
              link.isWorking ? <RevokeLink key="end" id={link.id} label={link.label} /> : '',
            ],
          }))}
        />
      )}
    </Card>
  )
}

function State({ link: { isWorking, revokedAt } }: { link: ClientLink }) {
  if (isWorking) return <Badge tone="ok">works</Badge>
  return <Badge>{revokedAt == null ? 'expired' : 'revoked'}</Badge>
}

function Views({ link, timeZone }: { link: ClientLink; timeZone: string }) {
  if (link.lastViewedAt == null) return 'never'
  return (
    <details>
      <summary className="link inline-flex min-h-6 items-center">{momentText(link.lastViewedAt, timeZone)}</summary>
      <ol className="text-caption text-ink-2">
        {link.views.map(({ what, viewedAt }, index) => (
          <li key={index}>
            {momentText(viewedAt, timeZone)}, {what === 'PAGE' ? 'page' : 'statement'}
          </li>
        ))}
      </ol>
    </details>
  )
}
