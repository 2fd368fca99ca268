/**
 * Exact fractions on BigInt: the oracle's own arithmetic. It shares no line with the product, so that a mistake in the
 * product's fixed-point numbers cannot hide in the numbers it is compared with.
 */
export class Rational {
  static readonly zero = new Rational(0n, 1n)
  static readonly one = new Rational(1n, 1n)

  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  /** numerator / denominator in lowest terms, the sign above the line. */
  static of(numerator: bigint, denominator: bigint = 1n): Rational {
    if (denominator === 0n) throw new Error('A fraction cannot have the denominator 0.')
    const sign = denominator < 0n ? -1n : 1n
    const divisor = greatestCommonDivisor(numerator, denominator)
    return new Rational((sign * numerator) / divisor, (sign * denominator) / divisor)
  }

  /** Reads a plain decimal such as "-12.3400"; exponents and separators are not decimals here. */
  static parse(text: string): Rational {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
    if (match === null) throw new Error(`Not a decimal: ${text}`)
    const fraction = match[3] ?? ''
    const digits = BigInt(match[2] + fraction)
    return Rational.of(match[1] === '-' ? -digits : digits, 10n ** BigInt(fraction.length))
  }

  static sum(parts: Iterable<Rational>): Rational {
    let total = Rational.zero
    for (const part of parts) total = total.plus(part)
    return total
  }

  plus(other: Rational): Rational {
    if (this.denominator === other.denominator) return Rational.of(this.numerator + other.numerator, this.denominator)
    return Rational.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    )
  }

  minus(other: Rational): Rational {
    return this.plus(Rational.of(-other.numerator, other.denominator))
  }

  times(other: Rational): Rational {
    return Rational.of(this.numerator * other.numerator, this.denominator * other.denominator)
  }

  dividedBy(other: Rational): Rational {
    return Rational.of(this.numerator * other.denominator, this.denominator * other.numerator)
  }

  compare(other: Rational): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator
    return difference < 0n ? -1 : difference > 0n ? 1 : 0
  }

  equals(other: Rational): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator
  }

  get isZero(): boolean {
    return this.numerator === 0n
  }

  /** The nearest multiple of 10^-scale; a tie goes to the even neighbour. */
  roundHalfEven(scale: number): Rational {
    const unit = 10n ** BigInt(scale)
    const scaled = this.numerator * unit
    const floor = floorDivide(scaled, this.denominator)
    const twiceRest = 2n * (scaled - floor * this.denominator)
    const goesUp = twiceRest > this.denominator || (twiceRest === this.denominator && floor % 2n !== 0n)
    return Rational.of(goesUp ? floor + 1n : floor, unit)
  }

  /** The exact decimal text with as many decimals as it needs, at least `minDecimals`; throws when it does not end. */
  toDecimal(minDecimals = 0): string {
    for (let scale = 0; scale <= 60; scale += 1) {
      const unit = 10n ** BigInt(scale)
      if ((this.numerator * unit) % this.denominator !== 0n) continue
      const decimals = Math.max(scale, minDecimals)
      const digits = (this.numerator * 10n ** BigInt(decimals)) / this.denominator
      const text = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, '0')
      const whole = text.slice(0, text.length - decimals)
      const sign = digits < 0n ? '-' : ''
      return decimals === 0 ? sign + whole : `${sign}${whole}.${text.slice(text.length - decimals)}`
    }
    throw new Error(`${this.numerator}/${this.denominator} has no ending decimal.`)
  }

  toString(): string {
    return `${this.numerator}/${this.denominator}`
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x === 0n ? 1n : x
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}
