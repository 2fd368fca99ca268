/** Thousands separators and spaces are how people write amounts; the rest must be a plain decimal. Null for anything else. */
export function readAmountInput(text: string): string | null {
  const plain = text.replace(/[\s,]/g, '')
  return /^\d{1,15}(\.\d{1,6})?$/.test(plain) ? plain : null
}
