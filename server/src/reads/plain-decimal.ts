// STUB
export function plainDecimal(..._a: unknown[]): never { throw new Error('stub') }
