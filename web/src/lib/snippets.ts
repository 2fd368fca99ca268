/** Ready-to-run ways to send the first event. Every one sends the same thing: one model call of 1,000 input and 200 output tokens. */

export type Framework = 'curl' | 'node' | 'python' | 'otel' | 'vercel'

export const FRAMEWORKS: readonly { id: Framework; label: string }[] = [
  { id: 'curl', label: 'curl' },
  { id: 'node', label: 'Node fetch' },
  { id: 'python', label: 'Python requests' },
  { id: 'otel', label: 'OpenTelemetry' },
  { id: 'vercel', label: 'Vercel AI SDK' },
]

export interface SnippetInput {
  baseUrl: string
  apiKey: string
}

function curl({ baseUrl, apiKey }: SnippetInput): string {
  return `curl -sS ${baseUrl}/v1/invocations \\
  -H 'Authorization: Bearer ${apiKey}' \\
  -H 'Content-Type: application/json' \\
  -d '[{
    "id": "first-event-'"$(date +%s)"'",
    "agent": "research", "task": "first-task", "client": "northwind",
    "kind": "MODEL", "provider": "anthropic", "resource": "claude-sonnet-4-5",
    "occurredAt": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'",
    "usage": [
      { "meter": "input_tokens", "quantity": "1000" },
      { "meter": "output_tokens", "quantity": "200" }
    ]
  }]'`
}

function node({ baseUrl, apiKey }: SnippetInput): string {
  return `const response = await fetch('${baseUrl}/v1/invocations', {
  method: 'POST',
  headers: { authorization: 'Bearer ${apiKey}', 'content-type': 'application/json' },
  body: JSON.stringify([{
    id: crypto.randomUUID(), // repeat it when you retry: it is counted once
    agent: 'research', task: 'first-task', client: 'northwind',
    kind: 'MODEL', provider: 'anthropic', resource: 'claude-sonnet-4-5',
    occurredAt: new Date().toISOString(),
    usage: [
      { meter: 'input_tokens', quantity: '1000' },
      { meter: 'output_tokens', quantity: '200' },
    ],
  }]),
})
console.log(await response.json())`
}

function python({ baseUrl, apiKey }: SnippetInput): string {
  return `import datetime, uuid, requests

response = requests.post(
    "${baseUrl}/v1/invocations",
    headers={"Authorization": "Bearer ${apiKey}"},
    json=[{
        "id": str(uuid.uuid4()),  # repeat it when you retry: it is counted once
        "agent": "research", "task": "first-task", "client": "northwind",
        "kind": "MODEL", "provider": "anthropic", "resource": "claude-sonnet-4-5",
        "occurredAt": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "usage": [
            {"meter": "input_tokens", "quantity": "1000"},
            {"meter": "output_tokens", "quantity": "200"},
        ],
    }],
    timeout=10,
)
print(response.json())`
}

function otel({ baseUrl, apiKey }: SnippetInput): string {
  return `# Any OpenTelemetry SDK with GenAI instrumentation; protobuf or JSON.
export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT='${baseUrl}/v1/traces'
export OTEL_EXPORTER_OTLP_TRACES_HEADERS='Authorization=Bearer%20${apiKey}'
export OTEL_EXPORTER_OTLP_TRACES_PROTOCOL='http/protobuf'
export OTEL_RESOURCE_ATTRIBUTES='outlay.agent=research,outlay.client=northwind,outlay.task=first-task'`
}

function vercel({ baseUrl, apiKey }: SnippetInput): string {
  return `// instrumentation.ts
import { registerOTel, OTLPHttpJsonTraceExporter } from '@vercel/otel'

export function register() {
  registerOTel({
    serviceName: 'research',
    traceExporter: new OTLPHttpJsonTraceExporter({
      url: '${baseUrl}/v1/traces',
      headers: { authorization: 'Bearer ${apiKey}' },
    }),
  })
}

// where the model is called
await generateText({
  model,
  prompt,
  experimental_telemetry: {
    isEnabled: true,
    metadata: { 'outlay.agent': 'research', 'outlay.task': 'first-task', 'outlay.client': 'northwind' },
  },
})`
}

const WRITERS: Readonly<Record<Framework, (input: SnippetInput) => string>> = { curl, node, python, otel, vercel }

export function snippet(framework: Framework, input: SnippetInput): string {
  return WRITERS[framework](input)
}

/** Stands where the key goes while the visitor has none to show. */
export const KEY_PLACEHOLDER = 'outl_live_YOUR_KEY'
