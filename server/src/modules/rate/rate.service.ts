// STUB
export function listRateCards(..._a: unknown[]): never { throw new Error('stub') }
export function listUnpricedUsage(..._a: unknown[]): never { throw new Error('stub') }
export function publishRates(..._a: unknown[]): never { throw new Error('stub') }
