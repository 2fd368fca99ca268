/** The address under which the portal's own server has the file. */
declare module '*.woff2' {
  const address: string
  export default address
}
