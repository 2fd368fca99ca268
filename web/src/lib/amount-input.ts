/**
 * Thousands separators and spaces are how people write amounts; the rest must be a plain decimal. Null for anything else. An amount has
 * six decimals at most; a price of a token may have more.
 */
export function readAmountInput(text: string, decimals = 6): string | null {
  const plain = text.replace(/[\s,]/g, '')
  const match = /^\d{1,15}(?:\.(\d+))?$/.exec(plain)
  return match === null || (match[1]?.length ?? 0) > decimals ? null : plain
}

/** An amount that may be a credit: `−12.50` with either minus is `-12.50`. */
export function readSignedAmountInput(text: string, decimals = 6): string | null {
  const [, sign = '', rest = ''] = /^\s*([-−]?)(.*)$/.exec(text) ?? []
  const amount = readAmountInput(rest, decimals)
  return amount === null ? null : `${sign === '' ? '' : '-'}${amount}`
}
