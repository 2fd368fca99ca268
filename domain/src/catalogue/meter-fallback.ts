/**
 * The meters whose price a meter takes when its own is not stated, nearest first. A provider that names no price for cached tokens
 * bills them as input, one that names none for reasoning bills it as output; genai-prices states its prices on that understanding.
 */
const FALLBACKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['cache_read_tokens', ['input_tokens']],
  ['cache_write_tokens', ['input_tokens']],
  ['cache_write_1h_tokens', ['cache_write_tokens', 'input_tokens']],
  ['input_audio_tokens', ['input_tokens']],
  ['input_image_tokens', ['input_tokens']],
  ['input_video_tokens', ['input_tokens']],
  ['cache_read_audio_tokens', ['cache_read_tokens', 'input_audio_tokens', 'input_tokens']],
  ['cache_read_image_tokens', ['cache_read_tokens', 'input_image_tokens', 'input_tokens']],
  ['cache_write_audio_tokens', ['cache_write_tokens', 'input_audio_tokens', 'input_tokens']],
  ['reasoning_tokens', ['output_tokens']],
  ['citation_tokens', ['output_tokens']],
  ['output_audio_tokens', ['output_tokens']],
  ['output_image_tokens', ['output_tokens']],
  ['output_video_tokens', ['output_tokens']],
])

/** The meters to look for a catalogue price under, in order: the meter itself, then what it is billed as. */
export function pricingMeters(meter: string): readonly string[] {
  const fallback = FALLBACKS.get(meter)
  return fallback === undefined ? [meter] : [meter, ...fallback]
}
