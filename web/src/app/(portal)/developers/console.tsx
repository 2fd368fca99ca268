'use client'

import { useEffect, useState, type ReactNode } from 'react'
import { CodeBlock } from '../../../components/ui/code-block.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { FRAMEWORKS, KEY_PLACEHOLDER, snippet, type Framework } from '../../../lib/snippets.ts'
import { CreateKey } from './create-key.tsx'
import { EventTail } from './event-tail.tsx'
import { FirstEvent } from './first-event.tsx'
import { useRecentEvents } from './use-recent-events.ts'

interface ConsoleProps {
  baseUrl: string
  timeZone: string
  mayCreateKey: boolean
  /** The rest of the right column. */
  children: ReactNode
}

/** Send an event, see it arrive: snippet with one's own key, and the live tail. */
export function Console({ baseUrl, timeZone, mayCreateKey, children }: ConsoleProps) {
  const [framework, setFramework] = useState<Framework>('curl')
  const [secret, setSecret] = useState<string | null>(null)
  const recent = useRecentEvents()
  const code = snippet(framework, { baseUrl, apiKey: secret ?? KEY_PLACEHOLDER })
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <Card title="Send your first event" caption="Pick how you call your models; the snippet runs as it stands">
          <FrameworkPicker chosen={framework} onChoose={setFramework} />
          {mayCreateKey ? (
            <CreateKey secret={secret} onCreated={setSecret} />
          ) : (
            <p className="mb-3 text-ink-2">
              Your role does not make keys. Ask an owner for one and put it where {KEY_PLACEHOLDER} stands.
            </p>
          )}
          <CodeBlock code={code} label={FRAMEWORKS.find((one) => one.id === framework)?.label ?? ''} />
          <FirstEvent recent={recent} timeZone={timeZone} />
        </Card>
        <EventTail recent={recent} timeZone={timeZone} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">{children}</div>
    </div>
  )
}

function FrameworkPicker({ chosen, onChoose }: { chosen: Framework; onChoose: (framework: Framework) => void }) {
  // The address remembers the choice, so a link to "the Python snippet" can be shared.
  useEffect(() => {
    const asked = FRAMEWORKS.find((one) => `#${one.id}` === window.location.hash)
    if (asked !== undefined) onChoose(asked.id)
  }, [onChoose])
  return (
    <div className="segment mb-3" role="group" aria-label="Framework">
      {FRAMEWORKS.map((one) => (
        <button
          key={one.id}
          type="button"
          aria-pressed={chosen === one.id}
          onClick={() => {
            onChoose(one.id)
            window.history.replaceState(null, '', `#${one.id}`)
          }}
        >
          {one.label}
        </button>
      ))}
    </div>
  )
}
