'use client'

import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../components/form/field.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { Role } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { text } from '../../../../lib/read-form.ts'
import { pickedClients } from './client-limit.tsx'
import { RoleFields } from './role-fields.tsx'

const InviteDocument = graphql(`
  mutation InviteMember($input: InviteMemberInput!) {
    inviteMember(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface InviteMemberProps {
  roles: readonly Role[]
  clients: readonly { key: string; name: string }[]
}

/** Asks somebody in, by mail. */
export function InviteMember({ roles, clients }: InviteMemberProps) {
  const run = (form: FormData) =>
    refusalOf(async () => {
      const input = {
        email: text(form, 'email'),
        role: text(form, 'role') as Role,
        client: text(form, 'client') || null,
        clients: pickedClients(form),
      }
      return (await browserQuery(InviteDocument, { input })).inviteMember.userErrors
    }, 'Nobody was invited.')
  return (
    <ActionDialog
      trigger="Invite…"
      isPrimary
      title="Invite somebody"
      confirm="Send the invitation"
      busy="Sending…"
      run={run}
    >
      <p>They get a link by mail. It works once, for seven days, and nobody but them sees it.</p>
      <Field label="E-mail">
        <input
          className="field text-body text-ink"
          type="email"
          name="email"
          autoComplete="off"
          required
          maxLength={254}
        />
      </Field>
      <RoleFields roles={roles} clients={clients} initial="VIEWER" initialClient={null} isNew />
    </ActionDialog>
  )
}
