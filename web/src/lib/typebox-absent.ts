// Stands in for the schema library in the browser build: every builder answers the same inert object, so that contracts
// keep their addresses and types (which are erased) and the library's weight stays out of the bundle.

const inert: unknown = new Proxy(function () {}, {
  get: (_target, key) => (key === 'then' || typeof key === 'symbol' ? undefined : inert),
  apply: () => inert,
  construct: () => inert as object,
})

/** The builder object, doing nothing. */
export const Type = inert
export default inert
