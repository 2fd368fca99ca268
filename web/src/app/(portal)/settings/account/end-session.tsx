'use client'

import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const RevokeSessionDocument = graphql(`
  mutation RevokeSession($id: ID!) {
    revokeSession(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

const RevokeOtherSessionsDocument = graphql(`
  mutation RevokeOtherSessions {
    revokeOtherSessions {
      userErrors {
        message
      }
    }
  }
`)

const FALLBACK = 'The session was not ended.'

/** Signs out in one other browser. */
export function EndSession({ id, name }: { id: string; name: string }) {
  const run = () =>
    refusalOf(async () => (await browserQuery(RevokeSessionDocument, { id })).revokeSession.userErrors, FALLBACK)
  return (
    <ActionDialog
      trigger="End…"
      triggerOf={`the session in ${name}`}
      title={`End the session in ${name}?`}
      confirm="End the session"
      busy="Ending…"
      isDangerous
      run={run}
    >
      <p>That browser has to sign in again.</p>
    </ActionDialog>
  )
}

/** Signs out everywhere but here. */
export function EndOtherSessions() {
  const run = () =>
    refusalOf(
      async () => (await browserQuery(RevokeOtherSessionsDocument, {})).revokeOtherSessions.userErrors,
      FALLBACK,
    )
  return (
    <ActionDialog
      trigger="End all others…"
      title="End all other sessions?"
      confirm="End all others"
      busy="Ending…"
      isDangerous
      run={run}
    >
      <p>Every browser but this one has to sign in again.</p>
    </ActionDialog>
  )
}
