/** The currency of `client_revenue` under which tasks without a billed amount are counted: ISO 4217's code for no currency. */
export const NO_CURRENCY = 'XXX'
