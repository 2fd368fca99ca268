'use client'

import dynamic from 'next/dynamic'
import { useState, type ChangeEvent } from 'react'
import { Field } from '../../../../components/form/field.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { CodeBlock } from '../../../../components/ui/code-block.tsx'
import { countText } from '../../../../lib/format.ts'

// Reading and judging rows is much code, and nobody needs it who only looks at the page.
const MapAndSend = dynamic(() => import('./map-and-send.tsx').then((module) => module.MapAndSend), {
  loading: () => <p role="status">Reading the file…</p>,
})

/** A browser holds this much at once; larger files go through the command line, which reads as it sends. */
const MOST_BYTES = 20_000_000

const EXAMPLE = [
  'timestamp,agent,task,client,provider,model,input_tokens,output_tokens',
  '2026-03-02 09:15:00,research,brief-117,northwind,openai,gpt-4o,5200,310',
].join('\n')

/** Usage from a CSV file: which column is what, how its rows become events, then all of them, as often as one likes. */
export function ImportUsage() {
  const [file, setFile] = useState<{ name: string; text: string; chosen: number } | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)

  async function onFile(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const chosen = event.target.files?.[0]
    if (chosen === undefined) return
    if (chosen.size > MOST_BYTES) {
      setFile(null)
      setRefusal(`${chosen.name} is larger than ${countText(MOST_BYTES)} bytes; import it by the command line.`)
      return
    }
    const text = await chosen.text()
    setRefusal(null)
    setFile((before) => ({ name: chosen.name, text, chosen: (before?.chosen ?? 0) + 1 }))
  }

  return (
    <div className="flex flex-col gap-4">
      <Card title="Usage of the past, from a file" caption="A first line of names, then one call a line">
        <div className="flex max-w-[880px] flex-col gap-3">
          <Field label="A CSV file">
            <input
              type="file"
              accept=".csv,text/csv"
              onChange={(event) => void onFile(event)}
              className="field h-auto min-h-8 py-1 text-body text-ink"
            />
          </Field>
          <Refusal text={refusal} />
          {file === null ? <CodeBlock label="How it may look; the names are yours" code={EXAMPLE} /> : null}
          <p className="text-caption text-ink-3">
            A row is known by what stands in it: a file can be imported again, and an import that broke off goes on
            where it was. Times without a zone are UTC.
          </p>
        </div>
      </Card>
      {file === null ? null : <MapAndSend key={file.chosen} name={file.name} text={file.text} />}
    </div>
  )
}
