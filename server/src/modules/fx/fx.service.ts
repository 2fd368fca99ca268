// STUB
export function listFxRates(..._a: unknown[]): never { throw new Error('stub') }
export function publishFxRates(..._a: unknown[]): never { throw new Error('stub') }
