export interface KnownMeter {
  name: string
  /** What one unit is, in words. */
  meaning: string
}

/** Meters with a fixed meaning (law L5: disjoint, no token is in two of them). Any other well-formed name is a custom meter. */
export const KNOWN_METERS: readonly KnownMeter[] = [
  {
    name: 'input_tokens',
    meaning:
      'prompt tokens that no other prompt meter of the event counts: neither cached nor, where told apart, media',
  },
  { name: 'output_tokens', meaning: 'answer tokens without reasoning and, where told apart, without media' },
  { name: 'cache_read_tokens', meaning: 'prompt tokens read from a cache' },
  { name: 'cache_write_tokens', meaning: 'prompt tokens written to a cache of the usual lifetime' },
  { name: 'cache_write_1h_tokens', meaning: 'prompt tokens written to a cache that lives an hour' },
  { name: 'reasoning_tokens', meaning: 'tokens the model thought with and did not show' },
  { name: 'citation_tokens', meaning: 'tokens of quoted sources in an answer, where a provider bills them apart' },
  { name: 'input_audio_tokens', meaning: 'audio in the prompt, counted in tokens, not read from a cache' },
  { name: 'input_image_tokens', meaning: 'images in the prompt, counted in tokens, not read from a cache' },
  { name: 'input_video_tokens', meaning: 'video in the prompt, counted in tokens, not read from a cache' },
  { name: 'cache_read_audio_tokens', meaning: 'audio in the prompt, counted in tokens, read from a cache' },
  { name: 'cache_read_image_tokens', meaning: 'images in the prompt, counted in tokens, read from a cache' },
  { name: 'cache_write_audio_tokens', meaning: 'audio in the prompt, counted in tokens, written to a cache' },
  { name: 'output_audio_tokens', meaning: 'audio in the answer, counted in tokens' },
  { name: 'output_image_tokens', meaning: 'images in the answer, counted in tokens' },
  { name: 'output_video_tokens', meaning: 'video in the answer, counted in tokens' },
  { name: 'requests', meaning: 'calls' },
  { name: 'web_searches', meaning: 'searches of the web on behalf of a model' },
  { name: 'storage_searches', meaning: 'searches of stored files on behalf of a model' },
  { name: 'seconds', meaning: 'seconds of compute or of media' },
  { name: 'images', meaning: 'images made or read, counted one by one' },
  { name: 'characters', meaning: 'characters read or spoken' },
  { name: 'pages', meaning: 'pages of a document' },
  { name: 'annotated_pages', meaning: 'pages of a document that were annotated, not counted in pages' },
  { name: 'gb_months', meaning: 'gigabytes stored for a month' },
  { name: 'sessions', meaning: 'sessions of a sandbox, browser or voice line' },
]

const METER_NAME = /^[a-z][a-z0-9_]{0,63}$/

/** The classes that together are the prompt, which `abovePromptTokens` compares with. */
const PROMPT_METERS: ReadonlySet<string> = new Set([
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_1h_tokens',
  'input_audio_tokens',
  'input_image_tokens',
  'input_video_tokens',
  'cache_read_audio_tokens',
  'cache_read_image_tokens',
  'cache_write_audio_tokens',
])

/** Whether a text can be the name of a meter: a small letter, then at most 63 small letters, digits or underscores. */
export function isMeterName(text: string): boolean {
  return METER_NAME.test(text)
}

/** Whether a meter counts tokens, of whatever class: its name ends in `_tokens`. */
export function isTokenMeter(meter: string): boolean {
  return meter.endsWith('_tokens')
}

/** Whether a meter is a part of the prompt: input, cache reads and writes, and media that was read. */
export function isPromptMeter(meter: string): boolean {
  return PROMPT_METERS.has(meter)
}
