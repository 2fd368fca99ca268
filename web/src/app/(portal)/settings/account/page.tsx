import type { Metadata } from 'next'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { AccountQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { browserName } from '../../../../lib/browser-name.ts'
import { countText } from '../../../../lib/format.ts'
import { roleName } from '../../../../lib/roles.ts'
import { currentViewer } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { SettingsFrame } from '../settings-frame.tsx'
import { EndOtherSessions, EndSession } from './end-session.tsx'
import { TwoFactor } from './two-factor.tsx'

export const metadata: Metadata = { title: 'Account' }

const AccountDocument = graphql(`
  query Account {
    account {
      name
      email
      hasTwoFactor
      sessions {
        id
        userAgent
        address
        createdAt
        lastUsedAt
        isCurrent
      }
    }
  }
`)

export default async function AccountPage() {
  const [viewer, { account }] = await Promise.all([currentViewer(), query(AccountDocument)])
  const { timeZone } = viewer.tenant
  return (
    <SettingsFrame
      title="Account"
      path="/settings/account"
      viewer={viewer}
      truth={[{ text: account.name }, { text: account.email }, { text: roleName(viewer.role) }]}
    >
      <div className="flex max-w-[880px] flex-col gap-4">
        <TwoFactor isOn={account.hasTwoFactor} />
        <Sessions sessions={account.sessions} timeZone={timeZone} />
      </div>
    </SettingsFrame>
  )
}

type Session = AccountQuery['account']['sessions'][number]

function Sessions({ sessions, timeZone }: { sessions: readonly Session[]; timeZone: string }) {
  const count = sessions.length
  const moment = (instant: string) => <span className="num">{momentText(instant, timeZone)}</span>
  return (
    <Card
      flush
      title={count === 1 ? 'You are signed in here only' : `You are signed in in ${countText(count)} browsers`}
      caption="An ended session is refused everywhere within 5 seconds; each ends by itself after seven days"
      actions={count > 1 ? <EndOtherSessions /> : undefined}
    >
      <MiniTable
        label="Sessions"
        heads={[
          { label: 'Browser' },
          { label: 'Address' },
          { label: 'Since' },
          { label: 'Last used' },
          { label: 'State', isMain: true },
        ]}
        rows={sessions.map((session) => {
          const name = browserName(session.userAgent)
          return {
            id: session.id,
            cells: [
              name,
              session.address == null ? null : <span className="num break-all">{session.address}</span>,
              moment(session.createdAt),
              session.lastUsedAt == null ? 'not yet' : moment(session.lastUsedAt),
              session.isCurrent ? (
                <Badge key="state" tone="accent">
                  this one
                </Badge>
              ) : (
                <EndSession key="state" id={session.id} name={name} />
              ),
            ],
          }
        })}
      />
    </Card>
  )
}
