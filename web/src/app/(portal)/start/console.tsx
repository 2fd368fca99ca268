'use client'

import { useState, type MouseEvent, type ReactNode } from 'react'
import { CodeBlock } from '../../../components/ui/code-block.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { FRAMEWORKS, frameworkOf, KEY_PLACEHOLDER } from '../../../lib/snippets.ts'
import { EventTail } from '../developers/event-tail.tsx'
import { useRecentEvents } from '../developers/use-recent-events.ts'
import { CreateKey } from './create-key.tsx'
import { FirstEvent } from './first-event.tsx'

interface ConsoleProps {
  baseUrl: string
  timeZone: string
  mayCreateKey: boolean
  /** The one that the address names. */
  framework: string
  /** The rest of the right column. */
  children: ReactNode
}

/** Send an event, see it arrive: snippet with one's own key, and the live tail. */
export function Console({ baseUrl, timeZone, mayCreateKey, framework, children }: ConsoleProps) {
  const [chosen, setChosen] = useState(framework)
  const [secret, setSecret] = useState<string | null>(null)
  const recent = useRecentEvents()
  const { install, isWhole, parts } = frameworkOf(chosen)
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <Card title="Send your first event" caption="Pick how you call your models">
          <FrameworkPicker chosen={chosen} onChoose={setChosen} />
          {mayCreateKey ? (
            <CreateKey secret={secret} onCreated={setSecret} />
          ) : (
            <p className="mb-3 text-ink-2">
              Your role does not make keys. Ask an owner for one and put it where {KEY_PLACEHOLDER} stands.
            </p>
          )}
          <div className="flex flex-col gap-2">
            {install === null ? null : <CodeBlock code={install} label="Once" />}
            {parts({ baseUrl, apiKey: secret ?? KEY_PLACEHOLDER }).map(({ label, code }) => (
              <CodeBlock key={label} code={code} label={label} />
            ))}
          </div>
          <p className="mt-2 text-caption text-ink-3">
            {isWhole
              ? 'It runs as it stands, and sends one call of 1,000 input and 200 output tokens.'
              : 'It calls a model with your key of its provider (ANTHROPIC_API_KEY), and sends what that call used.'}
          </p>
          <FirstEvent recent={recent} timeZone={timeZone} />
        </Card>
        <EventTail recent={recent} timeZone={timeZone} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">{children}</div>
    </div>
  )
}

/** Links, so that each choice has its address; followed without asking the server, which would only draw the same again. */
function FrameworkPicker({ chosen, onChoose }: { chosen: string; onChoose: (framework: string) => void }) {
  function choose(event: MouseEvent<HTMLAnchorElement>, id: string): void {
    // Another tab or window is the browser's.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    onChoose(id)
    window.history.replaceState(null, '', `?with=${id}`)
  }
  return (
    <nav className="segment mb-3" aria-label="Framework">
      {FRAMEWORKS.map(({ id, label }) => (
        <a
          key={id}
          href={`?with=${id}`}
          aria-current={chosen === id ? 'true' : undefined}
          onClick={(event) => choose(event, id)}
        >
          {label}
        </a>
      ))}
    </nav>
  )
}
