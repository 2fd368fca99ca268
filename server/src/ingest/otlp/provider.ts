/** Spellings of a provider and the name that OpenTelemetry gives it; what is not here stays as the sender spells it, in small letters. */
const WELL_KNOWN: ReadonlyMap<string, string> = new Map([
  ['openai.chat', 'openai'],
  ['openai.responses', 'openai'],
  ['openai.completion', 'openai'],
  ['openai.embedding', 'openai'],
  ['openai.embeddings', 'openai'],
  ['anthropic.messages', 'anthropic'],
  ['azure', 'azure.ai.openai'],
  ['azure.chat', 'azure.ai.openai'],
  ['azure.responses', 'azure.ai.openai'],
  ['azure.embeddings', 'azure.ai.openai'],
  ['azure-openai.chat', 'azure.ai.openai'],
  ['azure_openai', 'azure.ai.openai'],
  ['az.ai.openai', 'azure.ai.openai'],
  ['az.ai.inference', 'azure.ai.inference'],
  ['amazon-bedrock', 'aws.bedrock'],
  ['aws_bedrock', 'aws.bedrock'],
  ['bedrock', 'aws.bedrock'],
  ['aws', 'aws.bedrock'],
  ['google', 'gcp.gemini'],
  ['gemini', 'gcp.gemini'],
  ['google_ai_studio', 'gcp.gemini'],
  ['google.generative-ai', 'gcp.gemini'],
  ['google.generative-ai.chat', 'gcp.gemini'],
  ['google_genai', 'gcp.gemini'],
  ['google-gla', 'gcp.gemini'],
  ['vertexai', 'gcp.vertex_ai'],
  ['vertex_ai', 'gcp.vertex_ai'],
  ['google-vertex', 'gcp.vertex_ai'],
  ['google.vertex.chat', 'gcp.vertex_ai'],
  ['google.vertex.embedding', 'gcp.vertex_ai'],
  ['vertex.anthropic.messages', 'gcp.vertex_ai'],
  ['google.vertex.anthropic.messages', 'gcp.vertex_ai'],
  ['mistral', 'mistral_ai'],
  ['mistralai', 'mistral_ai'],
  ['mistral.chat', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['xai.chat', 'x_ai'],
  ['xai.responses', 'x_ai'],
  ['groq.chat', 'groq'],
  ['cohere.chat', 'cohere'],
  ['deepseek.chat', 'deepseek'],
])

/** Libraries that name themselves where the provider belongs. They sell nothing; the next alias may know better. */
const FRAMEWORKS: ReadonlySet<string> = new Set([
  'langchain',
  'langgraph',
  'llamaindex',
  'llama_index',
  'crewai',
  'traceloop',
])

/** The provider's name in one spelling, so that a rate matches and two reports of one response meet; null for a mere framework. */
export function canonicalProvider(stated: string): string | null {
  const name = stated.trim().toLowerCase()
  if (name === '' || FRAMEWORKS.has(name)) return null
  return WELL_KNOWN.get(name) ?? name
}

export type ProviderFamily = 'anthropic' | 'bedrock' | 'openai' | 'google' | 'other'

/** Whose way of counting the numbers follow: the model's maker where a gateway or a cloud only passes the numbers on. */
export function providerFamily(stated: string | null, model: string | null): ProviderFamily {
  const provider = stated?.toLowerCase() ?? ''
  const name = model?.toLowerCase() ?? ''
  if (provider.includes('anthropic')) return 'anthropic'
  if (provider.includes('bedrock') || provider === 'aws') return 'bedrock'
  const isMakerElsewhere = provider === '' || provider.startsWith('gateway') || provider.includes('vertex')
  if (isMakerElsewhere && (name.startsWith('claude') || name.startsWith('anthropic/'))) return 'anthropic'
  if (provider.includes('openai')) return 'openai'
  if (/google|gemini|vertex|^gcp\./.test(provider)) return 'google'
  if (isMakerElsewhere && (name.startsWith('gemini') || name.startsWith('google/'))) return 'google'
  return 'other'
}
