import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'

/** A numeric of the database without the zeros its column pads it with: `1000.000000000000000000` is `1000`. */
export function plainDecimal(text: string): string {
  return formatFixed18(parseFixed18(text))
}
