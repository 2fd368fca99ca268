'use client'

import { Mail, MailCheck } from 'lucide-react'
import { useState } from 'react'
import { browserQuery } from '../../lib/browser-api.ts'
import { graphql } from '../../lib/browser-graphql.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { Refusal } from '../form/refusal.tsx'

const SubscribeDocument = graphql(`
  mutation SubscribeToWeekly {
    subscribeToWeeklyReport {
      isSubscribed
      userErrors {
        message
      }
    }
  }
`)

const UnsubscribeDocument = graphql(`
  mutation UnsubscribeFromWeekly {
    unsubscribeFromWeeklyReport {
      isSubscribed
      userErrors {
        message
      }
    }
  }
`)

/** Begins and ends that the person who looks is sent the weekly report. */
export function SubscribeWeekly({ isSubscribed: initial }: { isSubscribed: boolean }) {
  const [isSubscribed, setSubscribed] = useState(initial)
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)

  async function toggle(): Promise<void> {
    setBusy(true)
    setRefusal(
      await refusalOf(async () => {
        const answer = isSubscribed
          ? (await browserQuery(UnsubscribeDocument, {})).unsubscribeFromWeeklyReport
          : (await browserQuery(SubscribeDocument, {})).subscribeToWeeklyReport
        setSubscribed(answer.isSubscribed)
        return answer.userErrors
      }, 'That was not changed.'),
    )
    setBusy(false)
  }

  return (
    <span className="no-print inline-flex flex-col items-start">
      <button
        type="button"
        className="control"
        aria-pressed={isSubscribed}
        aria-busy={isBusy}
        title={`The project weekly by e-mail, on Mondays at 07:00: ${isSubscribed ? 'you get it' : 'you do not get it'}`}
        onClick={() => isBusy || void toggle()}
      >
        {isSubscribed ? (
          <MailCheck size={16} strokeWidth={1.4} aria-hidden className="text-ok" />
        ) : (
          <Mail size={16} strokeWidth={1.4} aria-hidden />
        )}
        Weekly mail
      </button>
      <Refusal text={refusal} />
    </span>
  )
}
