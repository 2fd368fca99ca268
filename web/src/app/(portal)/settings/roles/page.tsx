import { Check } from 'lucide-react'
import type { Metadata } from 'next'
import { DataTable, type Column } from '../../../../components/table/data-table.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { PolicyQuery, Role } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { colleague } from '../../../../lib/role-gate.ts'
import { roleName, ROLES } from '../../../../lib/roles.ts'
import type { SearchParams } from '../../../../lib/search-params.ts'
import { SettingsFrame } from '../settings-frame.tsx'

export const metadata: Metadata = { title: 'Roles' }

const PolicyDocument = graphql(`
  query Policy {
    policy {
      action
      may
      roles
      scopes
      ofClients
    }
  }
`)

type Rule = PolicyQuery['policy'][number]

const PATH = '/settings/roles'

export default async function RolesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const [params, { policy }] = await Promise.all([searchParams, query(PolicyDocument)])
  return (
    <SettingsFrame
      title="Roles"
      path={PATH}
      viewer={viewer}
      truth={[
        { text: `you are ${roleName(viewer.role)}` },
        {
          text: 'this is the table that every request is checked against',
          title: 'It is printed from the program, not from a document',
        },
      ]}
    >
      <DataTable
        label="Who may do what"
        noun="actions"
        path={PATH}
        params={params}
        rows={policy}
        columns={[MAY, ...ROLES.map(columnOf), LIMITED, KEYS]}
        rowKey={(row) => row.action}
        filterText={(row) => `${row.may} ${row.action}`}
        defaultSort={{ column: 'as-printed', direction: 'asc' }}
        csvName="roles"
      />
    </SettingsFrame>
  )
}

const MAY: Column<Rule> = {
  id: 'may',
  label: 'May',
  cell: (row) => (
    <span className="whitespace-normal">
      <span className="block font-[450]">{row.may}</span>
      <code className="block font-mono text-axis text-ink-3">{row.action}</code>
    </span>
  ),
  csv: (row) => row.may,
}

const LIMITED = yesNo('limited', 'Limited to clients', (row) => row.ofClients)

function columnOf(role: Role): Column<Rule> {
  return yesNo(role.toLowerCase(), roleName(role), (row) => row.roles.includes(role))
}

function yesNo(id: string, label: string, isSo: (row: Rule) => boolean): Column<Rule> {
  const text = (row: Rule): string => (isSo(row) ? 'yes' : 'no')
  return {
    id,
    label,
    cell: (row) =>
      isSo(row) ? (
        <span className="inline-flex items-center gap-1 text-ok">
          <Check size={14} strokeWidth={2} aria-hidden />
          yes
        </span>
      ) : (
        <span className="text-ink-3">no</span>
      ),
    csv: text,
  }
}

const KEYS: Column<Rule> = {
  id: 'keys',
  label: 'API key with',
  cell: (row) =>
    row.scopes.length === 0 ? (
      <span className="text-ink-3">no key</span>
    ) : (
      <code className="font-mono text-axis text-ink-2">{row.scopes.join(' or ')}</code>
    ),
  csv: (row) => row.scopes.join(' '),
}
