'use client'

import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { ClientLimit, pickedClients } from './client-limit.tsx'

const SetClientsDocument = graphql(`
  mutation SetMemberClients($id: ID!, $clients: [String!]!) {
    setMemberClients(id: $id, clients: $clients) {
      userErrors {
        message
      }
    }
  }
`)

interface LimitClientsProps {
  member: { id: string; name: string; clients?: readonly { key: string }[] | null }
  clients: readonly { key: string; name: string }[]
}

/** Limits a project manager to some clients, or lets them see all again. */
export function LimitClients({ member, clients }: LimitClientsProps) {
  const run = (form: FormData) =>
    refusalOf(
      async () =>
        (await browserQuery(SetClientsDocument, { id: member.id, clients: pickedClients(form) })).setMemberClients
          .userErrors,
      'The clients were not changed.',
    )
  return (
    <ActionDialog
      trigger="Clients…"
      triggerOf={`of ${member.name}`}
      title={`Which clients does ${member.name} see?`}
      confirm="Set the clients"
      busy="Setting…"
      run={run}
    >
      <ClientLimit clients={clients} chosen={member.clients?.map(({ key }) => key) ?? []} />
    </ActionDialog>
  )
}
