/**
 * Names of providers in the OpenTelemetry GenAI conventions (`gen_ai.provider.name`, and `gen_ai.system` before it) and of the SDKs
 * in use, that the catalogue's own matches do not know or would take for another: `azure.ai.openai` contains `openai`.
 */
export const PROVIDER_ALIASES: ReadonlyMap<string, string> = new Map([
  ['aws.bedrock', 'aws'],
  ['aws_bedrock', 'aws'],
  ['bedrock', 'aws'],
  ['az.ai.inference', 'azure'],
  ['az.ai.openai', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['azure.ai.openai', 'azure'],
  ['azure_openai', 'azure'],
  ['azure-openai', 'azure'],
  ['azure_ai', 'azure'],
  ['gcp.gemini', 'google'],
  ['gcp.gen_ai', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['vertex_ai', 'google'],
  ['google-gla', 'google'],
  ['google-vertex', 'google'],
  ['mistral_ai', 'mistral'],
  ['mistralai', 'mistral'],
  ['moonshot_ai', 'moonshotai'],
  ['fireworks_ai', 'fireworks'],
  ['x_ai', 'x-ai'],
  ['xai', 'x-ai'],
])
