/** Home. */
export function Page() {
  return null
}
