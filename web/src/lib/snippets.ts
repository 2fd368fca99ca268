/**
 * Ready-to-run ways to send the first event, one for each way of calling models that ingest is tested with
 * (server/src/ingest/otlp/conformance). Those that call no model send the same thing: one call of 1,000 input and 200 output tokens.
 */

export type Language = 'sh' | 'ts' | 'python'

export interface SnippetPart {
  /** Where it goes. */
  label: string
  language: Language
  code: string
}

export interface SnippetInput {
  baseUrl: string
  apiKey: string
}

interface Framework {
  /** What stands in the address: /start?with=python. */
  id: string
  label: string
  /** What is needed beforehand. */
  install: string | null
  /** Whether it sends an event by itself; the others send what a model of theirs is asked. */
  isWhole: boolean
  parts: (input: SnippetInput) => SnippetPart[]
}

/** Stands where the key goes while the visitor has none to show. */
export const KEY_PLACEHOLDER = 'outl_live_YOUR_KEY'

/** The first event by a shell alone. */
export const curlSnippet = ({ baseUrl, apiKey }: SnippetInput): string =>
  `curl -sS ${baseUrl}/v1/invocations \\
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

const node = ({ baseUrl, apiKey }: SnippetInput): string =>
  `import { randomUUID } from 'node:crypto'

const response = await fetch('${baseUrl}/v1/invocations', {
  method: 'POST',
  headers: { authorization: 'Bearer ${apiKey}', 'content-type': 'application/json' },
  body: JSON.stringify([{
    id: randomUUID(), // repeat it when you retry: it is counted once
    agent: 'research', task: 'first-task', client: 'northwind',
    kind: 'MODEL', provider: 'anthropic', resource: 'claude-sonnet-4-5',
    occurredAt: new Date().toISOString(),
    usage: [
      { meter: 'input_tokens', quantity: '1000' },
      { meter: 'output_tokens', quantity: '200' },
    ],
  }]),
})
console.log(JSON.stringify(await response.json()))`

/** The call of either Python library: they take the same arguments. */
const python = (library: 'requests' | 'httpx', { baseUrl, apiKey }: SnippetInput): string =>
  `import datetime
import uuid

import ${library}

response = ${library}.post(
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
print(response.text)`

const mutation = ({ baseUrl, apiKey }: SnippetInput): string =>
  `curl -sS ${baseUrl}/graphql \\
  -H 'Authorization: Bearer ${apiKey}' \\
  -H 'Content-Type: application/json' \\
  -d '{
    "query": "mutation Record($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted duplicates unpriced rejected { index code message } } }",
    "variables": { "input": { "invocations": [{
      "id": "first-mutation-'"$(date +%s)"'",
      "agent": "research", "task": "first-task", "client": "northwind",
      "kind": "MODEL", "provider": "anthropic", "resource": "claude-sonnet-4-5",
      "occurredAt": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'",
      "usage": [
        { "meter": "input_tokens", "quantity": "1000" },
        { "meter": "output_tokens", "quantity": "200" }
      ]
    }] } }
  }'`

const otelNode = ({ baseUrl, apiKey }: SnippetInput): string =>
  `import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'

const exporter = new OTLPTraceExporter({
  url: '${baseUrl}/v1/traces',
  headers: { authorization: 'Bearer ${apiKey}' },
})
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'research' }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
})

const span = provider.getTracer('first-event').startSpan('chat claude-sonnet-4-5')
span.setAttributes({
  'outlay.agent': 'research',
  'outlay.task': 'first-task',
  'outlay.client': 'northwind',
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic',
  'gen_ai.request.model': 'claude-sonnet-4-5',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 200,
})
span.end()
await provider.shutdown()`

const otelPython = ({ baseUrl, apiKey }: SnippetInput): string =>
  `from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

exporter = OTLPSpanExporter(
    endpoint="${baseUrl}/v1/traces",
    headers={"Authorization": "Bearer ${apiKey}"},
)
provider = TracerProvider(resource=Resource.create({"service.name": "research"}))
provider.add_span_processor(BatchSpanProcessor(exporter))

with provider.get_tracer("first-event").start_as_current_span("chat claude-sonnet-4-5") as span:
    span.set_attributes({
        "outlay.agent": "research",
        "outlay.task": "first-task",
        "outlay.client": "northwind",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 200,
    })
provider.shutdown()`

/** What every OpenTelemetry SDK reads; exporters append /v1/traces themselves. */
const otlpEnvironment = ({ baseUrl, apiKey }: SnippetInput): string =>
  `export OTEL_EXPORTER_OTLP_ENDPOINT='${baseUrl}'
export OTEL_EXPORTER_OTLP_HEADERS='Authorization=Bearer%20${apiKey}'
export OTEL_EXPORTER_OTLP_PROTOCOL='http/protobuf'
export OTEL_RESOURCE_ATTRIBUTES='outlay.agent=research,outlay.task=first-task,outlay.client=northwind'`

const openlit = `import openlit
from anthropic import Anthropic

openlit.init()
Anthropic().messages.create(
    model="claude-sonnet-4-5",
    max_tokens=64,
    messages=[{"role": "user", "content": "Say hello."}],
)`

/** OpenLLMetry takes the tags of the process as its resource, and those of a request as association properties. */
const traceloop = ({ baseUrl, apiKey }: SnippetInput): string =>
  `Traceloop.init(
    app_name="research",
    api_endpoint="${baseUrl}",
    headers={"Authorization": "Bearer ${apiKey}"},
    resource_attributes={"outlay.agent": "research"},
)
Traceloop.set_association_properties({"task_id": "first-task", "client_id": "northwind"})`

const openllmetry = (input: SnippetInput): string =>
  `from anthropic import Anthropic
from traceloop.sdk import Traceloop

${traceloop(input)}
Anthropic().messages.create(
    model="claude-sonnet-4-5",
    max_tokens=64,
    messages=[{"role": "user", "content": "Say hello."}],
)`

const langchain = (input: SnippetInput): string =>
  `from langchain_anthropic import ChatAnthropic
from traceloop.sdk import Traceloop

${traceloop(input)}
print(ChatAnthropic(model="claude-sonnet-4-5").invoke("Say hello.").content)`

const aiSdk = `import { anthropic } from '@ai-sdk/anthropic'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { generateText } from 'ai'

const telemetry = new NodeSDK()
telemetry.start()
const { text } = await generateText({
  model: anthropic('claude-sonnet-4-5'),
  prompt: 'Say hello.',
  experimental_telemetry: {
    isEnabled: true,
    functionId: 'research', // the agent
    metadata: { task_id: 'first-task', client_id: 'northwind' },
  },
})
console.log(text)
await telemetry.shutdown()`

const terminal = (code: string): SnippetPart => ({ label: 'In a terminal', language: 'sh', code })
const environment = (input: SnippetInput): SnippetPart => ({
  label: 'In the environment of your program',
  language: 'sh',
  code: otlpEnvironment(input),
})
const program = (language: 'ts' | 'python', name: string, code: string): SnippetPart => ({
  label: name,
  language,
  code,
})

export const FRAMEWORKS: readonly Framework[] = [
  { id: 'curl', label: 'curl', install: null, isWhole: true, parts: (input) => [terminal(curlSnippet(input))] },
  {
    id: 'node',
    label: 'Node fetch',
    install: null,
    isWhole: true,
    parts: (input) => [program('ts', 'first-event.mjs', node(input))],
  },
  {
    id: 'python',
    label: 'Python requests',
    install: 'pip install requests',
    isWhole: true,
    parts: (input) => [program('python', 'first_event.py', python('requests', input))],
  },
  {
    id: 'httpx',
    label: 'Python httpx',
    install: 'pip install httpx',
    isWhole: true,
    parts: (input) => [program('python', 'first_event.py', python('httpx', input))],
  },
  { id: 'graphql', label: 'GraphQL', install: null, isWhole: true, parts: (input) => [terminal(mutation(input))] },
  {
    id: 'otel-node',
    label: 'OpenTelemetry, Node',
    install:
      'npm install @opentelemetry/sdk-trace-base @opentelemetry/exporter-trace-otlp-proto @opentelemetry/resources',
    isWhole: true,
    parts: (input) => [program('ts', 'first-span.mjs', otelNode(input))],
  },
  {
    id: 'otel-python',
    label: 'OpenTelemetry, Python',
    install: 'pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http',
    isWhole: true,
    parts: (input) => [program('python', 'first_span.py', otelPython(input))],
  },
  {
    id: 'openllmetry',
    label: 'OpenLLMetry',
    install: 'pip install traceloop-sdk anthropic',
    isWhole: false,
    parts: (input) => [program('python', 'first_call.py', openllmetry(input))],
  },
  {
    id: 'openlit',
    label: 'OpenLIT',
    install: 'pip install openlit anthropic',
    isWhole: false,
    parts: (input) => [environment(input), program('python', 'first_call.py', openlit)],
  },
  {
    id: 'ai-sdk',
    label: 'Vercel AI SDK',
    install: 'npm install ai@6 @ai-sdk/anthropic@3 @opentelemetry/sdk-node',
    isWhole: false,
    parts: (input) => [environment(input), program('ts', 'first-call.mjs', aiSdk)],
  },
  {
    id: 'langchain',
    label: 'LangChain',
    install: 'pip install traceloop-sdk langchain-anthropic',
    isWhole: false,
    parts: (input) => [program('python', 'first_call.py', langchain(input))],
  },
]

/** The framework that an address names; the first one when it names none. */
export function frameworkOf(id: string | null): Framework {
  return FRAMEWORKS.find((one) => one.id === id) ?? FRAMEWORKS[0]!
}
