'use client'

import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { Refusal } from '../form/refusal.tsx'
import { Card } from '../ui/card.tsx'
import { graphql } from '../../lib/browser-graphql.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import { refusalOf } from '../../lib/mutate.ts'

const UseReportedCostDocument = graphql(`
  mutation UseReportedCost($input: TenantSettingsInput!) {
    updateTenantSettings(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const CHOICES = [
  { isUsed: false, name: 'Count nothing', text: 'The usage is unpriced and in no amount until somebody prices it.' },
  {
    isUsed: true,
    name: 'Use the cost the sender reports',
    text: 'It counts as the cost of the event, marked as reported. Where there is none, the usage is unpriced.',
  },
]

/** The tenant's choice for events that no rate matches. */
export function ReportedCost({ isUsed, mayChange }: { isUsed: boolean; mayChange: boolean }) {
  const router = useRouter()
  const [chosen, setChosen] = useState(isUsed)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isRefreshing, startRefresh] = useTransition()

  async function choose(next: boolean): Promise<void> {
    setChosen(next)
    const message = await refusalOf(
      async () =>
        (await browserQuery(UseReportedCostDocument, { input: { useReportedCost: next } })).updateTenantSettings
          .userErrors,
      'The setting was not saved.',
    )
    setRefusal(message)
    if (message === null) startRefresh(() => router.refresh())
    else setChosen(!next)
  }

  return (
    <Card
      title={isUsed ? 'A reported cost counts where no rate matches' : 'Without a rate, nothing is counted'}
      caption="Holds for what arrives from now on; re-rating applies it to what is there"
    >
      <fieldset disabled={!mayChange} className="flex flex-col gap-1" aria-busy={isRefreshing}>
        <legend className="mb-1 text-caption text-ink-2">When no rate matches</legend>
        {CHOICES.map((choice) => (
          <label key={choice.name} className="flex min-h-8 items-start gap-2.5 py-1">
            <input
              type="radio"
              name="useReportedCost"
              className="mt-1 size-4 shrink-0 accent-[var(--accent)]"
              checked={chosen === choice.isUsed}
              onChange={() => void choose(choice.isUsed)}
            />
            <span>
              <span className="block">{choice.name}</span>
              <span className="block text-caption text-ink-3">{choice.text}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Refusal text={refusal} />
      {mayChange ? null : <p className="mt-2 text-caption text-ink-3">An administrator changes this.</p>}
    </Card>
  )
}
