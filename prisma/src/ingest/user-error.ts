/** What a user can mend, as every mutation answers it. */
export interface UserError {
  code: string
  message: string
  /** Path of the input at fault, e.g. ['input', 'rates', '0', 'price']. */
  field: string[] | null
}
