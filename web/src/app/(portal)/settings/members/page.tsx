import type { Metadata } from 'next'
import { DataTable, type Column } from '../../../../components/table/data-table.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { MembersQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { countText } from '../../../../lib/format.ts'
import { scopeMembers } from '../../../../lib/members.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import { givenRoles, roleName } from '../../../../lib/roles.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'
import { mayManageMembers, type Viewer } from '../../../../lib/session.ts'
import { dayText, momentText } from '../../../../lib/time.ts'
import { SettingsFrame } from '../settings-frame.tsx'
import { ChangeRole } from './change-role.tsx'
import { limitText } from './client-limit.tsx'
import { Invitations } from './invitations.tsx'
import { InviteMember } from './invite-member.tsx'
import { LimitClients } from './limit-clients.tsx'
import { RemoveMember } from './remove-member.tsx'

export const metadata: Metadata = { title: 'Members' }

const MembersDocument = graphql(`
  query Members {
    members {
      id
      name
      email
      role
      since
      lastSeenAt
      hasTwoFactor
      isViewer
      client {
        key
        name
      }
      clients {
        key
        name
      }
    }
    invitations {
      id
      email
      role
      invitedBy
      createdAt
      expiresAt
      isExpired
      client {
        key
        name
      }
      clients {
        name
      }
    }
  }
`)

export type Member = MembersQuery['members'][number]
export type Invitation = MembersQuery['invitations'][number]

const PATH = '/settings/members'

export default async function MembersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  if (!mayManageMembers(viewer.role)) {
    return (
      <SettingsFrame title="Members" path={PATH} viewer={viewer} truth={[]}>
        <NotForRole>Members are seen, invited and changed by leadership and administrators.</NotForRole>
      </SettingsFrame>
    )
  }
  const [params, { members, invitations }, { CLIENT: clients }] = await Promise.all([
    searchParams,
    query(MembersDocument),
    scopeMembers(),
  ])
  const withFactor = members.filter((member) => member.hasTwoFactor).length
  return (
    <SettingsFrame
      title="Members"
      path={PATH}
      viewer={viewer}
      truth={[
        { text: viewer.tenant.name },
        { text: 'what each role may do', href: '/settings/roles' },
        {
          text: `${countText(withFactor)} of ${countText(members.length)} with a second factor`,
          title: 'Everybody turns it on for themselves, under Account',
        },
      ]}
      actions={<InviteMember roles={givenRoles(viewer.role)} clients={clients} />}
    >
      <Invitations invitations={invitations} viewer={viewer} />
      <DataTable
        label="Members"
        noun="members"
        path={PATH}
        params={params}
        rows={members}
        columns={columnsOf(viewer, clients)}
        rowKey={(row) => row.id}
        filterText={(row) => `${row.name} ${row.email} ${roleName(row.role)} ${row.client?.name ?? ''}`}
        defaultSort={{ column: 'member', direction: 'asc' }}
        csvName={`members ${viewer.tenant.today}`}
      />
    </SettingsFrame>
  )
}

function columnsOf(viewer: Viewer, clients: readonly { key: string; name: string }[]): Column<Member>[] {
  const { timeZone } = viewer.tenant
  // Only OWNERs change OWNERs; the others' buttons would be refused.
  const mayChange = (row: Member): boolean => viewer.role === 'OWNER' || row.role !== 'OWNER'
  return [
    {
      id: 'member',
      label: 'Member',
      cell: (row) => (
        <span>
          <span className="font-[550]">{row.name}</span>
          {row.isViewer ? <span className="text-ink-3"> · you</span> : null}
          <span className="block text-caption font-normal break-all text-ink-3">{row.email}</span>
        </span>
      ),
      sort: (row) => ({ text: row.name }),
      csv: (row) => row.email,
    },
    {
      id: 'role',
      label: 'Role',
      isMain: true,
      cell: (row) => (
        <span>
          {roleName(row.role)}
          {row.client == null ? null : <span className="block text-caption text-ink-3">of {row.client.name}</span>}
          {row.role === 'PROJECT_MANAGER' ? (
            <span className="block text-caption text-ink-3">{limitText(row.clients)}</span>
          ) : null}
        </span>
      ),
      sort: (row) => ({ text: roleName(row.role) }),
      csv: (row) => row.role,
    },
    {
      id: 'factor',
      label: 'Second factor',
      cell: (row) => (row.hasTwoFactor ? <Badge tone="ok">on</Badge> : <span className="text-ink-3">off</span>),
      sort: (row) => ({ text: row.hasTwoFactor ? 'on' : 'off' }),
      csv: (row) => (row.hasTwoFactor ? 'on' : 'off'),
    },
    {
      id: 'seen',
      label: 'Last seen',
      cell: (row) => (
        <span className="num text-ink-2">
          {row.lastSeenAt == null ? 'not signed in' : momentText(row.lastSeenAt, timeZone)}
        </span>
      ),
      sort: (row) => (row.lastSeenAt == null ? null : { text: row.lastSeenAt }),
      csv: (row) => row.lastSeenAt ?? '',
    },
    {
      id: 'since',
      label: 'Since',
      cell: (row) => <span className="num text-ink-2">{dayText(row.since, timeZone)}</span>,
      sort: (row) => ({ text: row.since }),
      csv: (row) => row.since,
    },
    {
      id: 'change',
      label: 'Change',
      cell: (row) =>
        mayChange(row) ? (
          <span className="flex flex-wrap gap-2">
            <ChangeRole member={row} roles={givenRoles(viewer.role)} clients={clients} />
            {row.role === 'PROJECT_MANAGER' ? <LimitClients member={row} clients={clients} /> : null}
            <RemoveMember id={row.id} name={row.name} isViewer={row.isViewer} />
          </span>
        ) : (
          <span className="text-caption text-ink-3">by leadership only</span>
        ),
    },
  ]
}
