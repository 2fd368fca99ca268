'use client'

import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { Role } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { text } from '../../../../lib/read-form.ts'
import { RoleFields } from './role-fields.tsx'

const ChangeRoleDocument = graphql(`
  mutation ChangeMemberRole($id: ID!, $role: Role!, $client: String) {
    changeMemberRole(id: $id, role: $role, client: $client) {
      userErrors {
        message
      }
    }
  }
`)

interface ChangeRoleProps {
  member: { id: string; name: string; role: Role; isViewer: boolean; client?: { key: string } | null }
  roles: readonly Role[]
  clients: readonly { key: string; name: string }[]
}

/** Gives a member another role. */
export function ChangeRole({ member, roles, clients }: ChangeRoleProps) {
  const run = (form: FormData) =>
    refusalOf(async () => {
      const role = text(form, 'role') as Role
      const client = text(form, 'client') || null
      return (await browserQuery(ChangeRoleDocument, { id: member.id, role, client })).changeMemberRole.userErrors
    }, 'The role was not changed.')
  return (
    <ActionDialog
      trigger="Role…"
      triggerOf={`of ${member.name}`}
      title={`Another role for ${member.name}?`}
      confirm="Change the role"
      busy="Changing…"
      run={run}
    >
      <p>It holds within 5 seconds, in every browser {member.isViewer ? 'you are' : 'they are'} signed in.</p>
      <RoleFields roles={roles} clients={clients} initial={member.role} initialClient={member.client?.key ?? null} />
    </ActionDialog>
  )
}
