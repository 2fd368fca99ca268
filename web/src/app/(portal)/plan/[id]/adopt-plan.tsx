'use client'

import type { ReactNode } from 'react'
import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const AdoptPlanDocument = graphql(`
  mutation AdoptPlan($input: AdoptPlanInput!) {
    adoptPlan(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface AdoptPlanProps {
  id: string
  scenario: number
  name: string
  /** Budgets that somebody set with another amount. */
  different: number
  isAdopted: boolean
  /** What will be set, and what is there. */
  children: ReactNode
}

/** Adopts a scenario and sets its budgets. Where somebody's budgets would change, that has to be ticked. */
export function AdoptPlan({ id, scenario, name, different, isAdopted, children }: AdoptPlanProps) {
  const run = (form: FormData) =>
    refusalOf(async () => {
      const input = { id, scenario, replace: form.get('replace') === 'on' }
      return (await browserQuery(AdoptPlanDocument, { input })).adoptPlan.userErrors
    }, 'The plan was not adopted.')
  return (
    <ActionDialog
      trigger={isAdopted ? 'Set missing budgets…' : 'Adopt as budgets…'}
      isPrimary
      title={isAdopted ? `Set the budgets of ${name} that are missing?` : `Adopt ${name} as budgets?`}
      confirm={isAdopted ? 'Set the budgets' : 'Adopt the plan'}
      busy="Setting budgets…"
      isWide
      run={run}
    >
      {children}
      {different === 0 ? null : (
        <label className="mt-3 flex min-h-8 items-center gap-2.5">
          <input type="checkbox" name="replace" className="size-4 shrink-0 accent-[var(--accent)]" />
          <span>
            Give {different === 1 ? 'the budget' : `the ${different} budgets`} set otherwise the amount of the plan
          </span>
        </label>
      )}
    </ActionDialog>
  )
}
